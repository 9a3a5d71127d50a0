"""The audit log: the actions of users with roles, and of all users on their own keys and passwords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from broker.core.context import Context
from broker.core.facts.moderation import AuditRecord
from broker.core.moderation.durations import duration_text
from broker.core.outbox import LogEvent
from messages.moderation import AuditEntry

MOST_AUDITED = 10_000
"""How many entries are kept about the whole chat, about rooms, and about users' own keys; each has its limit.

So no user can push out the entries about the broker's operators. The oldest entry of the room or user with
the most entries is dropped first. So nobody can push out the entries about other rooms and users.
"""

OWN = frozenset({"link", "revoke", "set-password", "clear-password", "sign-up"})
"""Actions of users on their own keys and passwords, and of gateways for users who sign up."""


def record(
    context: Context,
    action: str,
    target: str = "",
    room: str = "",
    reason: str = "",
    until: int = 0,
    *,
    by: str | None = None,
) -> None:
    """Add an action to the audit log and the operator's log. `by` is the name of a user just logging in."""
    state, by = context.state, context.signature if by is None else by
    log = state.facts.of(AuditRecord)
    number = log[max(log)].number + 1 if log else 1
    kind = _kind(action, room)
    same_kind = [earlier for earlier in log.values() if _kind(earlier.action, earlier.room) == kind]
    if len(same_kind) >= MOST_AUDITED:
        state.facts.drop(_dispensable(same_kind))
    state.facts.keep(AuditRecord(number, context.now.at, by, action, target, room, until, reason))
    place = f" in {room}" if room else ""
    length = f" {duration_text(until, context.now.at)}" if until else ""
    text = f"{action}{target and f' {target}'}{place}{length}{f': {reason}' if reason else ''}"
    context.outbox.log(
        LogEvent.AUDIT, name=by, action=action, target=target, room=room, until=until, text=text
    )


def audit_entry(record: AuditRecord) -> AuditEntry:
    """Return an entry as the protocol has it."""
    return AuditEntry(
        record.number,
        record.at,
        record.by,
        record.action,
        record.target,
        record.room or None,
        record.until,
        record.reason,
    )


def _dispensable(records: Sequence[AuditRecord]) -> AuditRecord:
    """Return the oldest of those that share the limit with the most others of their own."""
    counts = Counter(map(_share, records))
    most = max(counts.values())
    return min((one for one in records if counts[_share(one)] == most), key=lambda one: one.number)


def _share(record: AuditRecord) -> str:
    """Return whose share of the limit an entry takes: a room's, a user's, or that of the operators."""
    return record.room or (record.by if record.action in OWN else "")


def _kind(action: str, room: str) -> str:
    """Return the kind of an action; each kind has its own limit."""
    return "room" if room else "own" if action in OWN else "chat"
