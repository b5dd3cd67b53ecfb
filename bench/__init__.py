"""Measure what was built: accuracy, speed, memory, size."""
