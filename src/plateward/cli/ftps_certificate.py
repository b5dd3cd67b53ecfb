"""The certificate of the FTPS server: the one that was given, or one that it makes itself."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

    from plateward.capture.ftps import Certificate

_GOOD_FOR: Final = timedelta(days=825)  # what clients take at most from a certificate
_LEAVES: Final = timedelta(days=1)  # for clocks of cameras that go slow
SOON: Final = timedelta(days=30)


def self_made(folder: Path, names: tuple[str, ...], *, now: datetime) -> "Certificate":
    """The one made before, or a new one where there is none or it has run out.

    Only whoever runs the server can read its key.
    """
    from plateward.capture.ftps import Certificate

    kept = Certificate(folder / "certificate.pem", folder / "key.pem")
    if not kept.chain.exists() or not kept.key.exists() or ends_at(kept.chain) <= now:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(kept, names, now)
    return kept


def ends_at(chain: Path) -> datetime:
    """Raises ValueError where it is no certificate, OSError where it cannot be read."""
    return _first(chain).not_valid_after_utc


def fingerprint(chain: Path) -> str:
    """SHA-256 in the form in which cameras show it. Raises as `ends_at`."""
    from cryptography.hazmat.primitives import hashes

    return _first(chain).fingerprint(hashes.SHA256()).hex(":").upper()


def _first(chain: Path) -> "x509.Certificate":
    from cryptography import x509

    return x509.load_pem_x509_certificates(chain.read_bytes())[0]


def _make(to: "Certificate", names: tuple[str, ...], now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Plateward {names[0]}"[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - _LEAVES)
        .not_valid_after(now.astimezone(UTC) + _GOOD_FOR)
        .add_extension(
            x509.SubjectAlternativeName([_named(each) for each in names]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    to.key.unlink(missing_ok=True)
    to.key.touch(mode=0o600, exist_ok=False)
    to.key.write_bytes(secret)
    to.chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _named(name: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
