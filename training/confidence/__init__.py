"""Fit the confidence of a read from what its parts say."""
