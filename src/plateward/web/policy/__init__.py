"""The pages on which a city's policy is read, drafted, adopted and suspended."""
