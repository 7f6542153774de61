"""What staff look at: figures, live health, and the console's first page. It moves no money."""
