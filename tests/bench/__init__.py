"""The benches, measured on tables small enough to check by hand."""
