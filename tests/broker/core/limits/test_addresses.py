import pytest

from broker.core.limits.addresses import is_local, networks, source


@pytest.mark.parametrize(
    ("address", "uid", "counted"),
    [
        ("10.0.0.1", None, "10.0.0.1"),
        ("::ffff:10.0.0.1", None, "10.0.0.1"),
        ("2001:db8::1", None, "2001:db8::/64"),
        ("[2001:db8::ffff]", None, "2001:db8::/64"),
        ("fe80::1%eth0", None, "fe80::/64"),
        ("this machine (user 1000, process 4711)", 1000, "user 1000"),
        ("inproc", None, "inproc"),
    ],
)
def test_addresses_that_one_person_can_choose_from_count_as_one(
    address: str, uid: int | None, counted: str
) -> None:
    assert source(address, uid) == counted


@pytest.mark.parametrize(
    ("address", "uid", "local"),
    [
        ("10.0.0.1", None, False),
        ("fe80::1%eth0", None, False),
        ("127.0.0.1", None, True),
        ("::ffff:127.0.0.1", None, True),
        ("[::1]", None, True),
        ("this machine (user 1000, process 77)", 1000, True),
        ("this machine (user 1000, process 77)", None, False),
        ("inproc", None, True),
    ],
)
def test_only_what_the_system_says_is_on_this_machine(address: str, uid: int | None, local: bool) -> None:
    assert is_local(address, uid) is local


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_an_address_lies_in_all_networks_around_it(address: str) -> None:
    found = networks(address)
    assert (found[0], found[8], found[32], len(found)) == ("0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", 33)


def test_an_address_of_ipv6_lies_in_its_64() -> None:
    assert "2001:db8::/64" in networks("[2001:db8::7]")


def test_what_is_no_ip_address_lies_in_no_network() -> None:
    assert networks("inproc") == ()
