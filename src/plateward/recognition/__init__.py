"""Pixels to plates. Knows nothing of cameras, people, or databases."""
