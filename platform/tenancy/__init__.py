"""Acquirers and their staff, and the walls between them: in the code and in the database."""
