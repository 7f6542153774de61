"""REST plumbing that every app's API shares: problems, bodies, pages, request ids, schema."""
