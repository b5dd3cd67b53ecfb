"""Images and what they must read."""
