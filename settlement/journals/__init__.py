"""The acquirer's books as CSV for its accounting: what its rows say, and how they are read."""
