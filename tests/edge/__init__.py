"""Tests of the agent beside a camera."""
