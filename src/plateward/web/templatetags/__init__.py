"""What templates may ask for that Django does not have."""
