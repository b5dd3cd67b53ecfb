"""Pages about a city's hotlists: what they are, what stands on them, files, plates by hand."""
