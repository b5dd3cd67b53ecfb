"""Who works here, in what role, trained when, and how they sign in."""
