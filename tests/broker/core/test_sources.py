import pytest

from broker.core.sources import is_local, source_of


@pytest.mark.parametrize(
    ("address", "source", "local"),
    [
        ("10.0.0.1", "10.0.0.1", False),
        ("2001:db8::1", "2001:db8::/64", False),
        ("[2001:db8::ffff:1]", "2001:db8::/64", False),
        ("fe80::1%eth0", "fe80::/64", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::/64", True),
        ("this machine (user 1000, process 77)", "this machine (user 1000)", True),
        ("inproc", "inproc", True),
        ("from elsewhere", "from elsewhere", False),
    ],
)
def test_an_address_counts_without_what_a_peer_can_choose(address: str, source: str, local: bool) -> None:
    assert (source_of(address), is_local(address)) == (source, local)
