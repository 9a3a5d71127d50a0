"""The addresses of an endpoint: ZeroMQ tries only one address of a name."""

from __future__ import annotations

import socket
from typing import NamedTuple

from messages.endpoints import parse_endpoint

MOST_PLACES = 8

_FAMILIES = (socket.AF_INET, socket.AF_INET6)


class Place(NamedTuple):
    """What ZeroMQ connects to. With `ipv6` it looks names up in IPv6, else in IPv4."""

    url: str
    ipv6: bool = False


def find_places(url: str) -> tuple[Place, ...]:
    """Return an endpoint, and then the other addresses of its name, 8 in all at most.

    The endpoint itself is one of them, so that another address that the name gets later is found. IPv4 comes
    first. The look-up may block for seconds.
    """
    endpoint = parse_endpoint(url)
    if endpoint.transport != "tcp":
        return (Place(url),)
    host, port = endpoint.host, endpoint.url.rpartition(":")[2]
    if host.startswith("["):
        return (Place(url, ipv6=True),)
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return (Place(url, ipv6=True),)
    hosts = {
        family: dict.fromkeys(str(one[4][0]) for one in found if one[0] == family) for family in _FAMILIES
    }
    four, six = ([*hosts[family]] for family in _FAMILIES)
    others = [Place(f"tcp://{host}:{port}") for host in four]
    others += [Place(f"tcp://[{host}]:{port}", ipv6=True) for host in six]
    return (Place(url, ipv6=not four), *others[1:MOST_PLACES])
