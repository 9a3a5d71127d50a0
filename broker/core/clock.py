"""What time alone brings: silent peers, sessions nobody resumes, unanswered challenges, counted receipts."""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.bans import drop_what_is_over
from broker.core.context import Context
from broker.core.model import Peer
from broker.core.presence import depart, end_challenge, forget_if_gone, say_goodbye
from broker.core.receipts import tell_counts
from messages.events import GoodbyeReason, Intervals
from messages.limits import CONFIRM_INTERVAL

MISSED_HEARTBEATS = 3
"""A peer silent for this many intervals is gone."""

CROWD = 1_000
"""Where more are connected than this, they are asked for signs of life more seldom, in proportion.

By default all of them together give 67 a second, or up to a quarter more until they are told anew.
"""

CONFIRMS = 2_000
"""Rounds of confirms a second that all who are connected are asked for together, at most."""

GROWN = 1.25
"""All are told anew how fast to go once so many times as many are connected as when they were told last.

So they are once only half as many are.
"""


class Clock:
    """What is due, and what clients were told of it."""

    def __init__(self) -> None:
        self._paced = 0
        """How many peers there were when all were last told how fast to go."""
        self._silent_at = self._lost_at = 0.0
        """Before these moments (elapsed s) nobody has been silent, and no session lost, for too long."""

    def tick(self, context: Context, peers: Iterable[Peer]) -> list[Peer]:
        """Do what is due, and return the peers who are gone."""
        gone = self._silent(context, peers)
        sessions = [peer.session for peer in gone if peer.session]
        for session in sessions:
            if session.peer:
                say_goodbye(context, session.peer, GoodbyeReason.TIMED_OUT)
        depart(context, sessions, "timed out", resumable=True)
        self._close_lost_sessions(context)
        for challenge in [c for c in context.state.challenges.values() if c.deadline <= context.now.elapsed]:
            end_challenge(context, challenge)
        context.state.doors.expire(context.now.elapsed)
        tell_counts(context)
        drop_what_is_over(context)
        self._tell_intervals(context)
        return gone

    def _silent(self, context: Context, peers: Iterable[Peer]) -> list[Peer]:
        """Return who has been silent for too long.

        To look at 10,000 peers takes a while. Whoever is heard later has more time, and so has whoever comes.
        So nobody needs to be looked at before the first of those who are here may have been silent so long.
        """
        now, usual = context.now.elapsed, context.rules.heartbeat
        if now <= self._silent_at:
            return []
        deadlines = {
            peer: peer.heard + MISSED_HEARTBEATS * max(usual, peer.heartbeat) / 1000 for peer in peers
        }
        gone = [peer for peer, deadline in deadlines.items() if deadline < now]
        # If their leaving cannot be stored they are still here, and are looked at again.
        self._silent_at = now if gone else min(deadlines.values(), default=now)
        self._silent_at = min(self._silent_at, now + MISSED_HEARTBEATS * usual / 1000)
        return gone

    def _close_lost_sessions(self, context: Context) -> None:
        """Close the sessions nobody has resumed in time; look at all of them only when that may be one."""
        now, kept = context.now.elapsed, context.rules.resume_seconds
        if now <= self._lost_at:
            return
        lost = [session for session in context.state.sessions.values() if session.peer is None]
        late = [session for session in lost if session.lost_at < now - kept]
        self._lost_at = now if late else min((session.lost_at for session in lost), default=now) + kept
        for session in late:
            context.state.close_session(session)
            forget_if_gone(context, session.user)

    def _tell_intervals(self, context: Context) -> None:
        """Tell all how fast to go, if that has changed by much since they were last told.

        Those who came early know of a small crowd.
        """
        count, least = len(context.limits.peers), min(CROWD, CONFIRMS * CONFIRM_INTERVAL // 1000)
        paced = max(self._paced, least)
        if count < GROWN * paced and (paced == least or count > paced // 2):
            return
        context.state.changes.set(self, "_paced", count)
        tell_intervals(context, context.state.lobby.peers)


def forgive(context: Context, peers: Iterable[Peer]) -> None:
    """Take all as heard: this process was stopped, and what they sent meanwhile waits to be read."""
    for peer in peers:
        peer.heard = context.now.elapsed


def tell_intervals(context: Context, peers: tuple[Peer, ...]) -> None:
    """Tell peers how fast to go. Whoever was let off signs of life stays so: not all clients know of this."""
    asked = intervals(context)
    for peer in peers:
        peer.heartbeat = max(peer.heartbeat, asked.heartbeat)
    context.outbox.tell(peers, asked)


def intervals(context: Context) -> Intervals:
    """Return how fast clients are to go, as many as there are now."""
    count = len(context.limits.peers)
    return Intervals(heartbeat(context.rules.heartbeat, count), confirm_interval(count))


def heartbeat(usual: int, peers: int) -> int:
    """Return in what intervals (ms) each of so many peers is to be heard, where few are in `usual` ones."""
    return usual * max(CROWD, peers) // CROWD


def confirm_interval(peers: int) -> int:
    """Return how many milliseconds each of so many peers is to leave between two rounds of confirms."""
    return max(CONFIRM_INTERVAL, peers * 1000 // CONFIRMS)
