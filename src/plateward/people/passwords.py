"""How passwords are kept and how long they are: as the house does it, or as a policy asks."""

from typing import Any, Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hashers_by_algorithm
from django.contrib.auth.password_validation import MinimumLengthValidator

from plateward.people import binding, cjis

SHORTEST: Final = 12


class Pbkdf2(PBKDF2PasswordHasher):
    """PBKDF2-HMAC-SHA256. A hash with another count is written anew at the next sign-in."""

    iterations = 600_000


def preferred() -> str:
    """Which sum a password is kept as. What any city asks holds for all: the table is one."""
    asked = cjis.binds() or bool(binding.by_any_city("access.auth.password_hash"))
    ours = str(Pbkdf2.algorithm)
    return ours if asked and ours in get_hashers_by_algorithm() else "default"


class LongEnough(MinimumLengthValidator):
    """Twelve characters, or more where a city asks for more."""

    def __init__(self) -> None:
        super().__init__(SHORTEST)

    def validate(self, password: str, user: Any = None) -> None:
        self._as_asked()
        super().validate(password, user)

    def get_help_text(self) -> str:
        self._as_asked()
        return super().get_help_text()

    def _as_asked(self) -> None:
        self.min_length = max([SHORTEST, *binding.by_any_city("access.auth.password_min_length")])
