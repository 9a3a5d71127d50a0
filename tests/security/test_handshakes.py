"""How many handshakes an address may finish, so that nobody works through ZeroMQ's routing ids."""

from __future__ import annotations

from broker.security.handshakes import BURST, RATE, UNBOUND_BURST, UNBOUND_RATE, HandshakeRates


def finished(rates: HandshakeRates, address: str, now: float, *, bound: bool) -> int:
    """Return how many of 5,000 handshakes at one time are allowed."""
    return sum(rates.allows(address, now, bound=bound) for _ in range(5_000))


def test_an_address_has_a_burst_and_then_a_rate_that_is_lower_for_unknown_keys() -> None:
    rates = HandshakeRates()
    assert finished(rates, "192.0.2.1", 0.0, bound=False) == UNBOUND_BURST
    assert finished(rates, "192.0.2.1", 10.0, bound=False) == UNBOUND_RATE * 10
    assert finished(rates, "192.0.2.2", 0.0, bound=True) == BURST
    assert finished(rates, "192.0.2.2", 10.0, bound=True) == RATE * 10


def test_strangers_at_an_address_do_not_keep_its_users_out() -> None:
    rates = HandshakeRates()
    for second in range(100):
        for _ in range(15):
            rates.allows("192.0.2.1", float(second), bound=False)
        assert rates.allows("192.0.2.1", float(second), bound=True)


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    rates = HandshakeRates()
    finished(rates, "2001:db8::1", 0.0, bound=False)
    assert not rates.allows("2001:db8::2", 0.0, bound=False)
    assert rates.allows("2001:db8:0:1::2", 0.0, bound=False)


def test_this_machine_is_limited_only_if_the_operator_says_so() -> None:
    assert finished(HandshakeRates(), "127.0.0.1", 0.0, bound=False) == 5_000
    assert finished(HandshakeRates(local=True), "127.0.0.1", 0.0, bound=False) == UNBOUND_BURST
    assert finished(HandshakeRates(enabled=False), "192.0.2.1", 0.0, bound=False) == 5_000


def test_many_addresses_are_not_remembered_for_ever() -> None:
    rates = HandshakeRates()
    for number in range(25_000):
        assert rates.allows(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0, bound=False)
    assert len(rates._buckets) <= 10_000
