"""The console's first page: an acquirer's day at a glance."""
