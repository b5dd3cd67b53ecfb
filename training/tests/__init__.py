"""Tests of what training draws and says."""
