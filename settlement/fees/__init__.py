"""Fee plans as people agree them: words, prices, and the text that prices are written in."""
