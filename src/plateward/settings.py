"""How the machine runs. What it may do is the profile's business, not ours."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from plateward import postgres


def env_bool(name: str, *, default: bool = False) -> bool:
    """A yes or no from the environment; anything else is refused rather than guessed."""
    written = os.environ.get(name, "").strip().lower()
    if not written:
        return default
    if written in {"1", "true", "yes", "on"}:
        return True
    if written in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {written!r}: write yes or no.")


def env_list(name: str, *, default: tuple[str, ...]) -> list[str]:
    written = os.environ.get(name, "")
    return [item.strip() for item in written.split(",") if item.strip()] or list(default)


def env_int(name: str, *, default: int, most: int) -> int:
    """A whole number from 1 to `most`."""
    written = os.environ.get(name, "").strip() or str(default)
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= most):
        raise ImproperlyConfigured(f"{name} is {written!r}: write a number from 1 to {most}.")
    return int(written)


def env_text(name: str) -> str:
    """A text from the file NAME_FILE, else from NAME; empty where neither is given."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, "").strip()


def env_agencies(name: str) -> list[dict[str, object]]:
    """The agencies whose own sign-in is accepted: NAME lists their short names; see the how-to."""
    return [_agency(f"{name}_{code.upper()}", code) for code in env_list(name, default=())]


def _agency(name: str, code: str) -> dict[str, object]:
    told = {key: env_text(f"{name}_{key}") for key in ("ISSUER", "CLIENT_ID", "SECRET", "AGENCY")}
    if missing := [f"{name}_{key}" for key, value in told.items() if not value]:
        raise ImproperlyConfigured(
            f"{' and '.join(missing)} must be set for the sign-in of {code}."
        )
    issuer = told["ISSUER"].rstrip("/")
    if not issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ImproperlyConfigured(f"{name}_ISSUER is {issuer}: it must begin with https://.")
    return {
        "provider_id": code,
        "name": told["AGENCY"],
        "client_id": told["CLIENT_ID"],
        "secret": told["SECRET"],
        "settings": {
            "server_url": issuer,
            "issuer": told["ISSUER"],
            "fetch_userinfo": False,  # what counts is what the signed token says
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile"],
            "username_claim": env_text(f"{name}_USERNAME_CLAIM"),
            "second_factor": env_list(f"{name}_SECOND_FACTOR", default=()),
        },
    }


def env_secret(name: str, *, home: Path) -> str:
    """A secret from NAME_FILE or NAME, else one made once and kept in the data folder, 0600."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if value := os.environ.get(name):
        return value
    kept = home / "keys" / name.removeprefix("PLATEWARD_").lower().replace("_", "-")
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # made by an earlier start, or a moment ago by another process
    return kept.read_text().strip()


HOME = Path(os.environ.get("PLATEWARD_HOME", "~/.local/share/plateward")).expanduser().resolve()
# Keys that are destroyed minute by minute: on a disk of their own where backups take all of HOME.
KEYS = Path(os.environ.get("PLATEWARD_KEYS", HOME / "keys")).expanduser().resolve()
DEMO = env_bool("PLATEWARD_DEMO")
DEBUG = False

SECRET_KEY = env_secret("PLATEWARD_SECRET_KEY", home=HOME)
# Wraps the keys that reads and pictures are sealed under, and makes the numbers of their index.
PICTURE_KEY = env_secret("PLATEWARD_PICTURE_KEY", home=HOME)
NOTICE_KEY = env_secret("PLATEWARD_NOTICE_KEY", home=HOME)  # seals where notices go, and their keys
PUBLIC_URL = os.environ.get("PLATEWARD_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
LOG_ORIGIN = os.environ.get("PLATEWARD_LOG_ORIGIN", "plateward.local/log")
WITNESSES = os.environ.get("PLATEWARD_WITNESSES", "")  # a file, or `VKEY URL` by commas
TSA_URL = os.environ.get("PLATEWARD_TSA_URL", "")  # an RFC 3161 time-stamper
TSA_ROOTS = os.environ.get("PLATEWARD_TSA_ROOTS", "")  # its root certificate, a PEM file
POSTED_AT = os.environ.get("PLATEWARD_POSTED_AT", "")  # `CITY=https://…` by commas, else our page
CASE_HOSTS = env_list("PLATEWARD_CASE_HOSTS", default=())  # may be asked whether a case is open
CASE_TOKEN = os.environ.get("PLATEWARD_CASE_TOKEN", "")  # sent to them as a bearer token
# Proxies in front, by address or network: what they say of who is behind them is believed.
PROXIES = env_list("PLATEWARD_PROXIES", default=("127.0.0.1",))
# The header in which they say which client certificate they verified; none is believed without it.
CERTIFICATE_HEADER = os.environ.get("PLATEWARD_CERTIFICATE_HEADER", "").strip()
PEER = "plateward.peer"  # where an ASGI scope keeps who opened the connection
# Machines inside our own network that notices may go to, and those that may do without TLS.
NOTICE_HOSTS = [host.lower() for host in env_list("PLATEWARD_NOTICE_HOSTS", default=())]
HOSTS = env_list("PLATEWARD_HOSTS", default=("127.0.0.1", "localhost", "[::1]"))
ALLOWED_HOSTS = [*HOSTS]
_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "ninja",
    "csp",
    "plateward.audit",
    "plateward.policy",
    "plateward.notices",
    "plateward.people",
    "plateward.cameras",
    "plateward.gate",
    "plateward.reads",
    "plateward.hotlists",
    "plateward.custody",
    "plateward.upkeep",
    "plateward.intake",
    "plateward.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "plateward.web.faults.DatabaseDown",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "plateward.web.session.SecondFactor",
    "plateward.web.presence.Presence",
]
ROOT_URLCONF = "plateward.urls"
ASGI_APPLICATION = "plateward.web.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plateward.web.session.page",
                "plateward.web.stopped.page",
                "plateward.web.registers.nav",
            ],
        },
    }
]
DATABASES = {"default": postgres.django_database(HOME, os.environ.get("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The FBI's CJIS policy asks for what FIPS 140 names. A city that adopts it is enough; this setting
# asks for it where none has. The other hash stays readable until the person's next sign-in.
CJIS = env_bool("PLATEWARD_CJIS")
_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "plateward.people.passwords.Pbkdf2"]
PASSWORD_HASHERS = _HASHERS[::-1] if CJIS else _HASHERS
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "plateward.people.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "plateward.web.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # sign-up itself is closed
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Nobody is asked: a session ends with the browser, and with the shift at the latest.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "plateward.web.sign_in.LoginForm"}
# Shown and accepted before each sign-in; a blank line begins a new paragraph.
USE_NOTICE = env_text("PLATEWARD_NOTICE")
# Who does nothing for so long is asked who they are. A dispatch position, such as
# odessa-mo:dispatcher, may be left out: CITY:ROLE, separated by commas.
LOCK_AFTER_MINUTES = env_int("PLATEWARD_LOCK_MINUTES", default=30, most=30)
NEVER_LOCKED = env_list("PLATEWARD_NEVER_LOCKED", default=())
SOCIALACCOUNT_ADAPTER = "plateward.web.single_sign_on.Adapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site under our content policy
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "plateward.web.single_sign_on.AgencyProvider",
        "APPS": env_agencies("PLATEWARD_OIDC"),
    }
}
# Our own lockout counts password and authenticator failures together and lives in the database;
# allauth's per-process limits stay on behind it (docs/decisions/0007-sign-in.md).
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "plateward.web.sign_in.AuthenticateForm",
    "reauthenticate": "plateward.web.sign_in.ReauthenticateForm",
    "authenticate_webauthn": "plateward.web.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "plateward.web.passkeys.ReauthenticateForm",
    "add_webauthn": "plateward.web.passkeys.AddForm",
    "edit_webauthn": "plateward.web.passkeys.RenameForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ADAPTER = "plateward.people.second_factor.Adapter"
MFA_TOTP_ISSUER = "Plateward"
MFA_TOTP_TOLERANCE = 1

SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift, counted from the sign-in however busy it is
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "plateward_session"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _HTTPS else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "web" / "static"]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # one sighting with its two pictures

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
