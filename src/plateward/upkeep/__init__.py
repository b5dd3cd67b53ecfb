"""Inspections, outages and breach cases."""
