"""The tables of a day's money, a file for each idea."""
