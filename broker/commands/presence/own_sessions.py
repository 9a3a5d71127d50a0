"""Commands on a user's own sessions: list them, and end one of them."""

from __future__ import annotations

from broker.commands.caps import cap_change
from broker.core.access.ended_tickets import end_ticket
from broker.core.context import Context
from broker.core.delivery.presence import end_sessions, last_heard
from broker.core.memory.model import Session
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason
from messages.keys import fingerprint
from messages.replies import Done
from messages.sessions import EndSession, SessionEntry, SessionList, SessionProof, Sessions

registry = Registry()

_FAREWELL = "this session was ended on another device of yours"


@registry.command(Sessions, "list your sessions")
def list_sessions(context: Context, request: Sessions) -> SessionList:
    """Return the user's sessions, also those whose connection is lost but that can be resumed."""
    return SessionList(request.id, [_entry(context, one) for one in _sessions(context)])


@registry.command(EndSession, "end one of your sessions", cap=cap_change)
def end_session(context: Context, request: EndSession) -> Done:
    """End one of the user's sessions. Its client does not log in again by itself.

    The reason of its goodbye is an old one, as clients must know that it is final.
    """
    ended = next((one for one in _sessions(context) if one.number == request.session), None)
    if ended is None:
        raise RequestRefused(ErrorCode.NO_SUCH_SESSION)
    end_ticket(context.state, ended, context.now.at)
    end_sessions(context, [ended], GoodbyeReason.REVOKED, "logged out", _FAREWELL, refuse=True)
    return Done(request.id)


def _sessions(context: Context) -> list[Session]:
    own = (one for one in context.user.sessions.values() if not one.ended)
    return sorted(own, key=lambda one: one.number)


def _entry(context: Context, session: Session) -> SessionEntry:
    now, peer = context.now, session.peer
    lost = now.at - round((now.elapsed - session.lost_at) * 1000)
    proof = SessionProof.NAME if session.identity is None else SessionProof.KEY
    return SessionEntry(
        session.number,
        session.since,
        last_heard(context, peer) if peer else lost,
        SessionProof.GATEWAY if session.vouched else proof,
        connected=peer is not None,
        current=session is context.session,
        address=session.address,
        fingerprint=fingerprint(session.identity) if session.identity and not session.vouched else "",
        unannounced=session.unannounced,
    )
