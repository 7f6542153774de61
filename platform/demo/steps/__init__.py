"""The steps of the story, by what they show."""
