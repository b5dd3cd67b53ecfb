"""A licence-plate reader that answers to the city that adopted it."""

__version__ = "0.1.0"
