"""The cookie of a browser, which anybody can send as they like."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.web.people import Cookie, read_cookie, write_cookie


def test_a_cookie_says_what_was_written() -> None:
    cookie = Cookie("id", "zoë", "ticket", guest=False, remember=True)
    value = write_cookie(cookie)
    assert read_cookie(value) == cookie
    assert value.isascii()
    assert not set(value) & set(' ",;\\=')


@given(st.text())
def test_whatever_a_cookie_holds_is_no_fault(value: str) -> None:
    assert read_cookie(value) is None or value


_DEEP = base64.urlsafe_b64encode(b'["id","zoe","ticket",true,true,' + b"[" * 40_000).decode()


@pytest.mark.parametrize(
    "value", ["", "W10", "e30", "WzEsMiwzLDQsNV0", "///", pytest.param(_DEEP, id="deep")]
)
def test_what_is_no_cookie_says_nothing(value: str) -> None:
    assert read_cookie(value) is None
