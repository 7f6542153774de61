"""Double entry: accounts, transactions, entries. Balanced and append-only, by the database too."""
