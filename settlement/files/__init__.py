"""The files of a batch, as bytes: what stands in them and how each kind is written."""
