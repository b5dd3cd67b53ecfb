"""Payloads of camera systems in, canonical reads out. One file a vendor; pure, without Django."""
