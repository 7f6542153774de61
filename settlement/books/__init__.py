"""What must always hold of the books."""
