"""Words of others on our terminal."""


def printable(text: str) -> str:
    """A file's name may hold what steers a terminal, or is no letter at all."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
