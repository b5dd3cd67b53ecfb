"""The transparency pages. They speak to oversight alone, so none of them can reach a plate."""
