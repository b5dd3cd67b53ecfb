"""Certificates that tests make for themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def signed(name: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """By itself, for a host or a camera of that name; good since yesterday and until tomorrow."""
    now, day = datetime.now(UTC), timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    serial = x509.random_serial_number()
    plain = x509.CertificateBuilder(subject, subject, key.public_key(), serial)
    named = plain.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return named.not_valid_before(now - day).not_valid_after(now + day).sign(key, hashes.SHA256())


def of_a_host(name: str, folder: Path) -> tuple[Path, Path]:
    """Files with a certificate and its key, in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed(name, key).public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return certificate, secret
