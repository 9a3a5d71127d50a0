"""The certificate of the gateway: it is checked before it is used, and renewed while people are connected."""

from __future__ import annotations

import ssl
from pathlib import Path


class CertificateError(Exception):
    """A certificate or its key cannot be used. The text is a sentence that says why."""


def check_certificate(certificate: Path, key: Path) -> None:
    """Raise CertificateError if the two are not a certificate and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for file in (certificate, key):
        try:
            file.read_bytes()
        except OSError as error:
            raise CertificateError(f"cannot read {file}: {error.strerror}") from None
    try:
        context.load_verify_locations(certificate)
    except ssl.SSLError:
        raise CertificateError(f"{certificate} is not a certificate in PEM") from None
    load(context, certificate, key)


def load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Use a certificate for new connections. Raise CertificateError if it cannot be used."""

    def no_passphrase() -> str:
        raise CertificateError(f"{key} is encrypted; give a key without a passphrase")

    try:
        context.load_cert_chain(certificate, key, no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CertificateError(f"{key} is not the key of {certificate}") from None
        raise CertificateError(f"{key} is not a key in PEM, or {certificate} cannot be used") from None
    except OSError as error:
        raise CertificateError(f"cannot read {certificate} and {key}: {error.strerror}") from None
