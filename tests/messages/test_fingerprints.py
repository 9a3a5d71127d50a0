import base64
import hashlib

import pytest
from zmq.utils import z85

from messages.fingerprints import begins, check_prefix
from messages.keys import fingerprint, key_to_bytes


@pytest.mark.parametrize("raw", [bytes(32), bytes([255]) * 32, bytes(range(32)), bytes(range(224, 256))])
def test_a_key_is_decoded_as_zeromq_encodes_it(raw: bytes) -> None:
    key = z85.encode(raw).decode()
    assert key_to_bytes(key) == raw
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    assert fingerprint(key) == f"SHA256:{digest.rstrip('=')}"


@pytest.mark.parametrize("key", ["", "a" * 39, "a" * 41, "é" * 40, "a" * 39 + "~", "#" * 40])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        fingerprint(key)


def test_a_fingerprint_is_known_by_its_beginning() -> None:
    print_ = fingerprint("a" * 40)
    bare = print_.removeprefix("SHA256:")
    assert all(begins(print_, typed) for typed in (print_, bare, bare[:8], print_[:15]))
    assert not begins(print_, bare[1:10])


@pytest.mark.parametrize("typed", ["", "SHA256:", "SHA256:1234567", "1234567", "x" * 44])
def test_a_beginning_that_is_too_short_or_too_long_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="first 8"):
        check_prefix(typed)
