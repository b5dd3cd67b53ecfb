"""Nobody decides about their own account, role, training or standing."""

from plateward.people.models import Person


class OwnAccount(ValueError):
    """The person would decide about themselves; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody decides about their own account. Nothing was changed. Ask another who "
            "administers accounts, or the program's operator."
        )


def refuse(of: Person, *, by: str) -> None:
    """Raise OwnAccount where `by` is the person's own badge."""
    if by == of.badge:
        raise OwnAccount
