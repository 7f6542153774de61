"""What loyalty decides."""
