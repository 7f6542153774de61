"""Pages of docs/reference that are printed from the code: ``make docs`` writes them anew."""
