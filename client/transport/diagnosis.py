"""Says why no broker welcomed a client."""

from __future__ import annotations

from client.transport.dealer import Failure
from client.transport.link import Link
from client.transport.probe import ENCRYPTS, explain
from messages.keys import fingerprint


def why_not_connected(link: Link) -> str:
    """Return a sentence that says why no broker welcomed the client, and what to do.

    This may take a second or two.
    """
    beginning, trust = f"Unable to connect to {link.url}", link.dealer.trust
    if link.failure is None or (trust is None and link.failure is Failure.UNFINISHED):
        return f"{beginning}: {explain(link.url)}"
    if link.failure is Failure.NOT_ADMITTED and trust:
        return (
            f"{beginning}: the broker does not admit your key {fingerprint(trust.keys.public)}; "
            "the key may be revoked, or the broker may admit known keys only; ask its operator"
        )
    if trust is None:
        return f"{beginning}: {ENCRYPTS}"
    where = f"line {trust.line} of {trust.file}" if trust.line > 0 else "the address"
    forget = f"remove {where} and " if trust.line > 0 else ""
    trouble = (
        f"DOES NOT ENCRYPT, and {where} has a key for it"
        if link.failure is Failure.MECHANISM
        else f"DOES NOT PROVE THAT IT HAS THE KEY {fingerprint(trust.broker_key)} of {where}"
    )
    return (
        f"{beginning}: THE SERVER THERE {trouble}. It may be another broker, so ask its operator. "
        f"If this was changed on purpose, {forget}connect to its new address"
    )
