"""Commands for operators of the broker: its connections, and lost keys and invites."""

from __future__ import annotations

from broker.commands.caps import cap_change
from broker.core.access import keys
from broker.core.access.invites import MOST_USES, SHOWN, beginning, read_invite
from broker.core.context import Context
from broker.core.delivery.presence import end_sessions
from broker.core.facts.kinds import InviteUse, PasswordHash
from broker.core.memory.model import Session, User
from broker.core.moderation import ranks
from broker.core.moderation.audit import record
from broker.core.moderation.ranks import Level
from broker.core.outbox import LogEvent
from broker.core.rates import too_many
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason
from messages.identity import ResetKeys, Uninvite
from messages.moderation import Role
from messages.replies import Done
from messages.requests import Debug

registry = Registry()


@registry.command(Debug, "print the broker's connections on its terminal", logged=False, cap=cap_change)
def debug(context: Context, request: Debug) -> Done:
    """Write the table to the broker's log. The client does not get it."""
    tables, elapsed = context.state.attempts.tables, context.now.elapsed
    if wait := tables.wait("", elapsed):
        raise too_many(wait, "the table was printed too often")
    tables.count("", elapsed)
    rows = [_row(context, session) for session in context.state.sessions.values()]
    context.outbox.log(LogEvent.CONNECTIONS, name=context.user.name, rows=rows)
    return Done(request.id)


def _row(context: Context, session: Session) -> dict[str, object]:
    """Return a connection's row; `queue` is the number of messages that are accepted but not confirmed."""
    user, peer = session.user, session.peer
    conversations = user.conversations.values()
    return {
        "name": user.name,
        "address": peer.location if peer else "(lost)",
        "rooms": " ".join(sorted(c.seen_by(user) for c in conversations if c.id.startswith("#"))),
        "queue": sum(c.head - c.members[user].delivered for c in conversations),
        "idle": int(context.now.elapsed - user.active),
    }


@registry.command(ResetKeys, "free the name of a user who has lost their keys", role=Role.OPERATOR)
def reset_keys(context: Context, request: ResetKeys) -> Done:
    """Revoke all keys of a user, end the sessions of user and keys, and delete their password and roles."""
    user = ranks.find_user(context, request.name)
    if user is context.user:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    if ranks.level(context, user, None) is Level.BROKER_OPERATOR:
        _require_broker_owner(context, user)
    if not user.keys and context.state.facts.get(PasswordHash, str(user.id)) is None:
        text = f"{user.name} has no key; the first key that logs in with this name gets it"
        raise RequestRefused(ErrorCode.NO_KEY, text)
    sessions = keys.reset_keys(context, user)
    text = f"{context.user.name} freed the name {user.name} for another key; log in with a new one"
    end_sessions(context, sessions, GoodbyeReason.REVOKED, "key revoked", text)
    record(context, "reset-keys", user.name)
    return Done(request.id)


def _require_broker_owner(context: Context, user: User) -> None:
    """Raise RequestRefused unless the peer is on ipc as the broker's own user."""
    if not ranks.runs_the_broker(context, context.peer):
        text = f"{user.name} is an operator of the broker; do this over ipc, as the user who runs the broker"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)


@registry.command(Uninvite, "revoke an invite", role=Role.OPERATOR)
def uninvite(context: Context, request: Uninvite) -> Done:
    """Count an invite as used up until it expires."""
    use = _find_invite(context, request.invite)
    context.state.facts.keep(InviteUse(use.nonce, MOST_USES, use.expires))
    record(context, "uninvite", beginning(use.nonce))
    return Done(request.id)


def _find_invite(context: Context, text: str) -> InviteUse:
    """Return the use of an invite. A used one may be given by its first characters."""
    invite = read_invite(context.settings.invite_secret, text)
    if invite is not None:
        return InviteUse(invite.nonce, 0, invite.expires)
    used = context.state.facts.of(InviteUse).values()
    found = [use for use in used if len(text) == SHOWN and beginning(use.nonce) == text]
    if len(found) != 1:
        text = "this broker made no such invite; give all of it, or the 8 characters that /audit lists"
        raise RequestRefused(ErrorCode.INVITE_INVALID, text)
    return found[0]
