"""The one error an adapter may raise."""

from typing import Final

_NOTHING: Final = "Nothing was stored."
_DO: Final = "Correct the camera system's settings, then resend."


class Refused(ValueError):
    """The message is not what its vendor sends, or it is hostile. Nothing was stored.

    `what` is a sentence without its full stop. It says what was wrong and never quotes the message:
    a plate must not come back in an error, nor into a log.
    """

    def __init__(self, what: str, *, do: str = _DO) -> None:
        super().__init__(f"{what}. {_NOTHING} {do}")
