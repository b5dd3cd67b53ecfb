"""The password hash that the FBI's CJIS policy accepts."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Pbkdf2(PBKDF2PasswordHasher):
    """PBKDF2-HMAC-SHA256. A hash with another count is written anew at the next sign-in."""

    iterations = 600_000
