"""Checks of the options together: those that contradict each other are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from broker.core.settings import AccessPolicy, NamePolicy
from broker.options import Options


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
    return options
