"""Duties: what a person must do, when it is due, what was done; and what broke."""
