"""Checks of the options together: those that contradict each other are refused."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from itertools import combinations
from typing import Any

import click

from broker.core.settings import AccessPolicy, NamePolicy
from broker.options.options import Options
from messages.endpoints import Endpoint

ANY_HOST, ANY_IPV4 = ("*", "[::]"), "0.0.0.0"  # noqa: S104 - names of hosts, no bind
"""Hosts that stand for all addresses of this machine, and the one for all of IPv4."""


def checked_options(values: Mapping[str, Any]) -> Options:
    """Return the options from their values by name. Raise UsageError if they contradict each other."""
    given = {name: value for name, value in values.items() if name != "config"}  # only the others matter
    given |= {"names": NamePolicy(given["names"]), "access": AccessPolicy(given["access"])}
    options = Options(**given)
    if options.memory and options.data:
        raise click.UsageError("Give --data or --memory, not both.")
    if options.insecure and options.curve:
        raise click.UsageError("Give --insecure or --curve, not both.")
    if options.access is AccessPolicy.KNOWN and options.names is NamePolicy.SHARED:
        raise click.UsageError("--access known needs --names unique.")
    if options.web_guests and not options.web:
        raise click.UsageError("--web-guests needs --web.")
    if not options.bind:
        raise click.UsageError("No endpoint is given to listen on; name one with --bind.")
    for endpoint, other in combinations(options.bind, 2):
        _refuse_overlap(endpoint, other)
    return options


def _refuse_overlap(one: Endpoint, other: Endpoint) -> None:
    """Raise UsageError if no program could listen on both endpoints."""
    if one.url == other.url and not one.url.endswith(":0"):
        raise click.UsageError(f"{one.url} is given twice; leave one out.")
    if one.transport != "tcp" or other.transport != "tcp":
        return
    ports = {endpoint.url.rpartition(":")[2] for endpoint in (one, other)}
    if len(ports) > 1 or "0" in ports:
        return
    for all_addresses, included in ((one, other), (other, one)):
        if all_addresses.host in ANY_HOST or (all_addresses.host == ANY_IPV4 and _is_ipv4(included.host)):
            raise click.UsageError(
                f"{all_addresses.url} listens on the address of {included.url} too; leave one out."
            )


def _is_ipv4(host: str) -> bool:
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False
