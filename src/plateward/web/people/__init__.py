"""The pages on which a city's people are administered."""
