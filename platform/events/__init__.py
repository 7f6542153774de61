"""What happened, written in the same transaction as the fact: the outbox."""
