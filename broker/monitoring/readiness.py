"""Whether the broker serves every client, and if not, the sentence that says what is wrong."""

from __future__ import annotations

from broker.monitoring.meter import Meter


def health(meter: Meter) -> str:
    """Return a sentence if the broker does not work at all, else an empty text."""
    return "" if meter.alive else "the broker's loop does not turn; restart the broker"


def readiness(meter: Meter) -> str:
    """Return a sentence if the broker works, but cannot serve every client, else an empty text."""
    if not meter.listening:
        return "the broker does not listen yet"
    if meter.read_only:
        reason = meter.read_only_reason or "the log says why"
        return f"the store cannot store, and the broker refuses what it would have to store: {reason}"
    if not meter.admitting:
        return "new clients cannot connect: the authenticator has stopped or hangs; restart the broker"
    if meter.scarce:
        return "connections are scarce, and new clients can be refused; the log says more"
    return ""
