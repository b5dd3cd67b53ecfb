"""Frames in, sightings out. Runs on a roadside box as well as on the server."""
