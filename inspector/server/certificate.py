"""The collector's own certificate, made when https is first asked for and kept in the data folder.

A root is made, signs one certificate and is forgotten: its key is never written, so whoever trusts the root
trusts this collector and nothing else anybody could sign. It is bound to this machine's names, besides.
"""

import contextlib
import ipaddress
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inspector.journal.errors import cannot_write
from inspector.journal.library import data_folder

if TYPE_CHECKING:
    import ssl

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

DAYS: Final = 800
"""How long both are valid: Apple's systems take no server certificate above 825 days."""
RENEWED_DAYS: Final = 14
BUNDLE: Final = "collector.pem"
ROOT: Final = "collector-ca.pem"
_ADDRESSES = ("127.0.0.1", "::1", "10.0.2.2")


class Certificate:
    """Where the certificate lies: ``bundle`` with its key (for its owner only), ``root`` to be trusted."""

    def __init__(self, folder: Path) -> None:
        self.bundle = folder / BUNDLE
        self.root = folder / ROOT

    def root_pem(self) -> bytes:
        """Return the certificate to be trusted. Raises OSError."""
        return self.root.read_bytes()

    def root_der(self) -> bytes:
        """Return the certificate to be trusted in the form phones install. Raises OSError."""
        import ssl

        return ssl.PEM_cert_to_DER_cert(self.root_pem().decode("ascii"))

    def context(self) -> "ssl.SSLContext":
        """Return what a server needs to speak https. Raises OSError."""
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.bundle)
        return context


def folder() -> Path:
    """Return the folder of the certificate; it need not exist yet."""
    return data_folder() / "collector"


def certificate(
    names: Sequence[str] = (), *, place: Path | None = None, now: datetime | None = None
) -> Certificate:
    """Return the certificate for this machine and the ``names`` a person added; make one where none fits.

    One that lacks a name, cannot be read or ends within two weeks is replaced: it must then be trusted anew.
    Raises JournalError if it cannot be written.
    """
    place = folder() if place is None else place
    now = datetime.now(UTC) if now is None else now
    found = Certificate(place)
    if not _fits(found, names, now):
        try:
            _make(found, names, now)
        except OSError as error:
            raise cannot_write(found.bundle, error) from error
    return found


def _fits(found: Certificate, names: Sequence[str], now: datetime) -> bool:
    from cryptography import x509

    try:
        text = found.bundle.read_bytes()
        if os.name == "posix" and found.bundle.stat().st_mode & 0o077:
            found.bundle.chmod(0o600)
        leaf, root = x509.load_pem_x509_certificates(text)
        alternative = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if not set(names) <= set(alternative.get_values_for_type(x509.DNSName)):
            return False
        if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc - timedelta(days=RENEWED_DAYS):
            return False
        found.context()  # the key fits
        if x509.load_pem_x509_certificate(found.root_pem()) != root:
            return False
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return True


def _make(found: Certificate, names: Sequence[str], now: datetime) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    root = _root(root_key, names, now)
    leaf = _leaf(leaf_key, root, root_key, names, now)
    encoding = serialization.Encoding.PEM
    key = leaf_key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place = found.bundle.parent
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_pem = root.public_bytes(encoding)
    _write(found.bundle, leaf.public_bytes(encoding) + root_pem + key, 0o600)
    _write(found.root, root_pem, 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file beside its place, never readable by others than ``mode`` says, and move it there."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(fd, "wb") as stream:
            stream.write(data)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _name(words: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _dns(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(["localhost", *names]))


def _builder(
    subject: "x509.Name", issuer: "x509.Name", key: "ec.EllipticCurvePrivateKey", now: datetime
) -> "x509.CertificateBuilder":
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _root(key: "ec.EllipticCurvePrivateKey", names: Sequence[str], now: datetime) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    name = _name(f"Session Inspector collector {now:%Y-%m-%d}")
    permitted: list[x509.GeneralName] = [x509.DNSName(dns) for dns in _dns(names)]
    permitted += [x509.IPAddress(ipaddress.ip_network(address)) for address in _ADDRESSES]
    return (
        _builder(name, name, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: "ec.EllipticCurvePrivateKey",
    root: "x509.Certificate",
    root_key: "ec.EllipticCurvePrivateKey",
    names: Sequence[str],
    now: datetime,
) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    alternative: list[x509.GeneralName] = [x509.DNSName(dns) for dns in _dns(names)]
    alternative += [x509.IPAddress(ipaddress.ip_address(address)) for address in _ADDRESSES]
    return (
        _builder(_name("localhost"), root.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
