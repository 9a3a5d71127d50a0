"""Certificates for tests, made by openssl: each is its own authority."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """The files of a certificate and its key."""

    file: Path
    key: Path


def make_certificate(folder: Path, name: str, passphrase: str = "") -> Certificate:
    """Make a certificate of this name for localhost."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    secret = ["-passout", f"pass:{passphrase}"] if passphrase else ["-nodes"]
    names = ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, *names, *secret, "-keyout", made.key, "-out", made.file]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return made
