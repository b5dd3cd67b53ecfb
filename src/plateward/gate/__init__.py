"""The one door out. Everything that leaves the system leaves through here."""
