"""How the console looks and what its sidebar offers: the settings of the admin's theme."""
