"""How a settlement's files are compressed: lightly, for a day has thousands of them."""

LEVEL = 2  # of zlib: a fifth larger than at its usual one, in two fifths of the time
