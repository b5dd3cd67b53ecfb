"""The recogniser, from weights to readings."""
