"""What is checked before anything else: addresses, origins, hosts and rates."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from client.web.guard import Places, Proxies, Rate, address_of, is_plain_host, is_same_origin, key_of
from client.web.routes.answers import Site


def connection(peer: str = "203.0.113.9", **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", "client": (peer, 1)}
    return HTTPConnection(scope | {"headers": raw})


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # no proxy, so it may say anything
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),  # the first one is what the browser said
        ("127.0.0.1", "198.51.100.7, 127.0.0.1", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("::ffff:127.0.0.1", "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_forwarded_addresses_count_only_from_named_proxies(peer: str, told: str, address: str) -> None:
    assert address_of(connection(peer, x_forwarded_for=told), {"127.0.0.1"}) == address


def test_an_address_of_ipv6_stands_for_its_network() -> None:
    assert key_of("2001:db8:1:2:3:4:5:6") == key_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert key_of("198.51.100.7") == "198.51.100.7/32"


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("https://chat.example.org", True),
        ("https://CHAT.example.org", True),
        ("https://chat.example.org:444", False),
        ("https://evil.example", False),
        ("file://chat.example.org", False),
        ("https://chat.example.org.", False),
        ("https://chat.example.org/", False),
        ("https://chat.example.org#", False),
        ("https://chat.example.org@evil.example", False),
        ("https://chat.example.org.evil.example", False),
        ("https://chat.example.org https://evil.example", False),
        ("//chat.example.org", False),
        ("http://[", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_request_is_from_this_page_if_its_origin_is_the_host(origin: str, same: bool) -> None:
    assert is_same_origin(connection(host="chat.example.org", origin=origin)) is same


def test_a_page_that_came_in_the_clear_is_another_one_than_with_tls() -> None:
    origin, host = "http://chat.example.org", "chat.example.org"
    assert is_same_origin(connection(host=host, origin=origin))
    assert not is_same_origin(connection(host=host, origin=origin, x_forwarded_proto="https"))


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("localhost:8080", True),
        ("127.0.0.1", True),
        ("[::1]:80", True),
        ("evil.example:8080", False),
        ("", False),
        ("[", False),
    ],
)
def test_a_gateway_on_loopback_has_no_foreign_names(host: str, plain: bool) -> None:
    assert is_plain_host(host) is plain


def test_a_rate_allows_a_burst_and_then_one_at_a_time() -> None:
    now = [0.0]
    rate = Rate(2, 10.0, lambda: now[0])
    assert [rate.take("a"), rate.take("a"), rate.take("a"), rate.take("b")] == [0.0, 0.0, 10.0, 0.0]
    now[0] = 4.0
    assert rate.take("a") == pytest.approx(6.0)
    now[0] = 10.0
    assert rate.take("a") == 0.0


def test_places_are_bounded_of_each_and_in_all_and_come_back() -> None:
    places = Places(2, 3)
    left = [places.take(one) for one in "aaabb"]
    assert [one is not None for one in left] == [True, True, False, True, False]
    assert left[0] is not None
    left[0]()
    assert places.take("b") is not None
    assert places.take("a") is None


@pytest.mark.parametrize(
    ("site", "scheme", "host", "answered"),
    [
        (Site(), "http", "127.0.0.1:8080", True),
        (Site(), "http", "evil.example", False),
        (Site(Proxies(["198.51.100.7"])), "http", "chat.example", True),
        (Site(loopback=False), "http", "chat.example", False),
        (Site(loopback=False), "https", "chat.example", True),
        (Site(loopback=False, insecure=True), "http", "chat.example", True),
    ],
)
def test_foreign_names_and_connections_in_the_clear_are_not_answered(
    site: Site, scheme: str, host: str, answered: bool
) -> None:
    asked = connection("198.51.100.7", host=host)
    asked.scope["scheme"] = scheme
    assert site.is_for_us(asked) is answered
