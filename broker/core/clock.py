"""What time alone brings: silent peers, sessions nobody resumes, unanswered challenges, counted receipts."""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.bans import drop_what_is_over
from broker.core.context import Context
from broker.core.model import Peer
from broker.core.presence import depart, end_challenge, forget_if_gone, say_goodbye
from broker.core.receipts import tell_counts
from messages.events import Farewell

MISSED_HEARTBEATS = 3
"""A peer silent for this many intervals is gone."""

CROWD = 1_500
"""Where more are connected than this, newcomers are asked for signs of life more seldom, in proportion."""


def tick(context: Context, peers: Iterable[Peer]) -> list[Peer]:
    """Do what is due, and return the peers who are gone."""
    gone = _silent(context, peers)
    sessions = [peer.session for peer in gone if peer.session]
    for session in sessions:
        if session.peer:
            say_goodbye(context, session.peer, Farewell.TIMED_OUT)
    depart(context, sessions, "timed out", resumable=True)
    _close_lost_sessions(context)
    for challenge in [c for c in context.state.challenges.values() if c.deadline <= context.now.elapsed]:
        end_challenge(context, challenge)
    context.state.doors.expire(context.now.elapsed)
    tell_counts(context)
    drop_what_is_over(context)
    return gone


def forgive(context: Context, peers: Iterable[Peer]) -> None:
    """Take all as heard: this process was stopped, and what they sent meanwhile waits to be read."""
    for peer in peers:
        peer.heard = context.now.elapsed


def heartbeat(context: Context) -> int:
    """Return in what intervals (ms) the peer who asks is to be heard, as many as there are now."""
    interval = context.rules.heartbeat * max(CROWD, len(context.limits.peers)) // CROWD
    context.state.changes.set(context.peer, "heartbeat", interval)
    return interval


def _silent(context: Context, peers: Iterable[Peer]) -> list[Peer]:
    now, least = context.now.elapsed, MISSED_HEARTBEATS * context.rules.heartbeat / 1000
    return [
        peer
        for peer in peers
        if now - peer.heard > least and now - peer.heard > MISSED_HEARTBEATS * peer.heartbeat / 1000
    ]


def _close_lost_sessions(context: Context) -> None:
    earliest = context.now.elapsed - context.rules.resume_seconds
    lost = [s for s in context.state.sessions.values() if s.peer is None and s.lost_at < earliest]
    for session in lost:
        context.state.close_session(session)
        forget_if_gone(context, session.user)
