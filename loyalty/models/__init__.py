"""The tables of loyalty, a file for each idea."""
