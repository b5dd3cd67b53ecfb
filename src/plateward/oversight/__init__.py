"""What the council and the public are told: counts and rules, never plates."""
