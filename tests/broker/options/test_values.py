import pytest

from broker.options.values import parse_http


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (":9100", ("127.0.0.1", 9100)),
        ("0.0.0.0:9100", ("0.0.0.0", 9100)),
        ("*:9100", ("0.0.0.0", 9100)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:9100", ("localhost", 9100)),
    ],
)
def test_an_http_address_without_a_host_is_on_this_machine_only(text: str, address: tuple[str, int]) -> None:
    assert parse_http(text) == address


@pytest.mark.parametrize("text", ["9100", ":", ":x", "host:", "tcp://127.0.0.1:9100", "ipc:///tmp/x", ""])
def test_an_invalid_http_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|a port is"):
        parse_http(text)
