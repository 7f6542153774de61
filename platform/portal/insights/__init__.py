"""Who buys what and when, who comes back: analysis of payments, for the data portal and the API."""
