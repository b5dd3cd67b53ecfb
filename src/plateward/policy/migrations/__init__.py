"""The adoption table, step by step."""
