"""The agent beside a camera: it keeps what was read, signs it, and hands it in."""
