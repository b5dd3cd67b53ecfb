"""The city's rules: loading, deciding, adopting."""
