"""``/v1/merchants``: an acquirer's or ISV's own system looks after its merchants."""
