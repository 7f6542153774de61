"""English: as in the rest of the console and in the API, never ``3:30 a.m.``."""
