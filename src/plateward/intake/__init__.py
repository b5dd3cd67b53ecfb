"""The one door in: a sighting arrives, is filtered by policy, stored and matched."""
