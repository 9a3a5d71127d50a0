import pytest
from msgspec import ValidationError

from messages.codec import decode_request
from messages.errors import ProtocolError
from messages.moderation import Ban, Mute, Role, SetRole, Unban, check_fingerprint, check_network

PRINT = "SHA256:" + "a" * 43


@pytest.mark.parametrize("kind", [Ban, Unban])
@pytest.mark.parametrize(
    "fields", [{}, {"name": "bob", "key": PRINT}, {"key": PRINT, "address": "10.0.0.1"}, {"room": "#tea"}]
)
def test_a_ban_concerns_just_one_thing(kind: type[Ban], fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="`name`, `key` and `address`: give one of them"):
        kind("1", **fields)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ("FE80::1/10", "fe80::/10"),
    ],
)
def test_an_address_is_a_network(written: str, meant: str) -> None:
    assert check_network(written) == meant


@pytest.mark.parametrize("text", ["", "bob", "10.0.0.0/33", "10.0.0", "localhost"])
def test_what_is_no_address_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(ValueError, match="`address`: write an IP address, or a network"):
        Ban("1", address=text)


@pytest.mark.parametrize("text", ["", "a" * 43, PRINT[:-1], PRINT + "a", "MD5:" + "a" * 46])
def test_a_fingerprint_is_given_whole(text: str) -> None:
    with pytest.raises(ValueError, match="`key`: give the whole fingerprint"):
        Ban("1", key=text)
    assert check_fingerprint(PRINT) == PRINT


@pytest.mark.parametrize("seconds", [0, -1, 315_360_001])
def test_a_time_is_a_second_to_ten_years(seconds: int) -> None:
    line = f'{{"type":"mute","id":"1","room":"#tea","name":"bob","seconds":{seconds}}}'
    with pytest.raises(ProtocolError, match="seconds"):
        decode_request(line.encode())
    assert Mute("1", "#tea", "bob", 315_360_000).seconds == 315_360_000


def test_a_reason_is_one_line() -> None:
    with pytest.raises(ValueError, match="`reason`: this text is one line"):
        Ban("1", "bob", reason="spam\nand more")


def test_of_the_whole_broker_there_are_operators_only() -> None:
    with pytest.raises((ValueError, ValidationError), match="`role`: a moderator needs a room"):
        SetRole("1", "bob", Role.MODERATOR)
    assert SetRole("1", "bob", Role.MODERATOR, "#tea").role is Role.MODERATOR
