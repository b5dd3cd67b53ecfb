"""The words every room shares: a plate's text, look-alike characters, a sighting."""
