"""Timers: silent peers, lost sessions, unanswered challenges, counted receipts."""

from __future__ import annotations

from broker.core.access.guests import guests
from broker.core.context import Context
from broker.core.delivery.challenges import end_challenge
from broker.core.delivery.crowds import OnlineCounts
from broker.core.delivery.presence import depart, forget_if_gone, say_goodbye
from broker.core.delivery.receipts import send_counts
from broker.core.delivery.recipients import mark_absent
from broker.core.intervals import IntervalUpdates
from broker.core.memory.model import Peer
from broker.core.moderation.bans import drop_expired
from broker.core.upkeep.files import FileUpkeep
from messages.events import GoodbyeReason

MISSED_HEARTBEATS = 3
"""A peer that is silent for this many intervals has timed out."""

_ABSENT_SECONDS = 3_600.0


class Timers:
    """All timers of the core, and when they may next be due."""

    def __init__(self) -> None:
        self._intervals = IntervalUpdates()
        self._counts = OnlineCounts()
        self._files = FileUpkeep()
        self._absent_at = 0.0
        self._guests_at: float | None = None
        self._silent_at = self._lost_at = 0.0
        """The earliest times (elapsed s) at which a peer may time out and a lost session may end."""

    def tick(self, context: Context) -> list[Peer]:
        """Run the timers that are due, and return the peers that timed out."""
        gone = self._silent(context)
        sessions = [peer.session for peer in gone if peer.session]
        for session in sessions:
            if session.peer:
                say_goodbye(context, session.peer, GoodbyeReason.TIMED_OUT)
        depart(context, sessions, "timed out", resumable=True)
        self._close_lost_sessions(context)
        for challenge in [c for c in context.state.challenges.values() if c.deadline <= context.now.elapsed]:
            end_challenge(context, challenge)
        context.state.attempts.expire(context.now.elapsed)
        if context.now.elapsed >= self._absent_at:
            self._absent_at = context.now.elapsed + _ABSENT_SECONDS
            mark_absent(context)
        self._forget_guests(context)
        send_counts(context)
        drop_expired(context)
        self._files.tick(context)
        self._intervals.update(context)
        self._counts.update(context)
        return gone

    def _silent(self, context: Context) -> list[Peer]:
        """Return the peers that have been silent for too long.

        Checking 10,000 peers takes a while. A peer that is heard, or connects, only gets a later deadline. So
        no check is needed before the earliest deadline of the last one.
        """
        now, usual = context.now.elapsed, context.settings.heartbeat
        if now <= self._silent_at:
            return []
        deadlines = {
            peer: peer.heard + MISSED_HEARTBEATS * max(usual, peer.heartbeat) / 1000
            for peer in context.state.peers
        }
        gone = [peer for peer, deadline in deadlines.items() if deadline < now]
        # If the store fails, these peers stay, and are checked again.
        self._silent_at = now if gone else min(deadlines.values(), default=now)
        self._silent_at = min(self._silent_at, now + MISSED_HEARTBEATS * usual / 1000)
        return gone

    def _close_lost_sessions(self, context: Context) -> None:
        """Close the sessions that were not resumed in time. Check them only when one may be due."""
        now, kept = context.now.elapsed, context.settings.resume_seconds
        if now <= self._lost_at:
            return
        lost = [session for session in context.state.sessions.values() if session.peer is None]
        late = [session for session in lost if session.lost_at < now - kept]
        self._lost_at = now if late else min((session.lost_at for session in lost), default=now) + kept
        for session in late:
            context.state.close_session(session)
            forget_if_gone(context, session.user)

    def _forget_guests(self, context: Context) -> None:
        """Forget guests of an earlier run of the broker who did not come back in time."""
        now, kept = context.now.elapsed, context.settings.resume_seconds
        if self._guests_at is None or now >= self._guests_at:
            due, self._guests_at = self._guests_at is not None, now + kept
            for guest in guests(context.state) if due else ():
                forget_if_gone(context, guest)


def reset_silence(context: Context) -> None:
    """Count all peers as just heard: this process was stopped, and their frames still wait to be read."""
    for peer in context.state.peers:
        peer.heard = context.now.elapsed
