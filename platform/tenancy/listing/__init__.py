"""Lists of the console that stay quick however many rows there are."""
