"""Two people for what hurts: one proposes, another approves, both on record."""
