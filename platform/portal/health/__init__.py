"""Live health: which trouble is where, before the merchant calls. Pure judgement; no writes."""
