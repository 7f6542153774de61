"""What finance sees of a day's money in the console."""
