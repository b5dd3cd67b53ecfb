"""JSON for cameras and partners."""
