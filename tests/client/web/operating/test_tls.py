"""A certificate that cannot be used is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from certificates import make_certificate

from client.web.operating.tls import CertificateError, check_certificate


def test_what_is_no_certificate_with_its_key_is_named(tmp_path: Path) -> None:
    one, other = (make_certificate(tmp_path, name) for name in ("one", "other"))
    locked = make_certificate(tmp_path, "locked", "a passphrase")
    broken, missing = tmp_path / "broken.pem", tmp_path / "missing.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    check_certificate(*one)
    for file, key, told in (
        (one.file, other.key, f"{other.key} is not the key of {one.file}"),
        (broken, one.key, f"{broken} is not a certificate in PEM"),
        (one.file, broken, f"{broken} is not a key in PEM"),
        (missing, one.key, f"cannot read {missing}: No such file"),
        (locked.file, locked.key, f"{locked.key} is encrypted"),
    ):
        with pytest.raises(CertificateError) as refused:
            check_certificate(file, key)
        assert told in str(refused.value)
