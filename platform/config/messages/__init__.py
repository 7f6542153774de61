"""The catalogues of the console's languages: gathered from the sources, compiled, compared."""
