"""Requests that take long: they are carried out in steps between batches, and so hold up nobody else.

Users take turns. One request of each user is carried out at a time, and a few more may wait. What it takes is
paid for in tokens. A request that takes too long ends early, and its reply says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from broker.core.context import Context
from broker.core.execution.refusals import answer, log_fault
from broker.core.memory.model import Peer, Session, User
from broker.core.rates import too_many
from broker.core.registry import Command, Work
from broker.core.store import StoreBroken
from messages.base import Reply, Request
from messages.errors import ErrorCode, RequestRefused
from messages.replies import Error

MOST_WAITING = 8
"""Requests of one user that may wait, beside the one that is carried out."""

MOST_SECONDS = 0.5
"""A request ends early once it has taken this time."""

TOKENS_A_SECOND = 1_000
"""The price of the time that a request takes. At the default rate a user can have a fifth of it."""

RETRY_SECONDS = 1.0
"""When to ask again if too many requests wait."""


@dataclass(eq=False, slots=True)
class Job:
    """One request. `seconds` is how long it has taken."""

    peer: Peer
    session: Session | None
    """None on the admin channel."""
    command: Command
    request: Request
    work: Work[Any]
    seconds: float = 0.0


class Jobs:
    """The requests that are being carried out, by user, or by peer on the admin channel.

    The user whose turn it is comes first.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._of: dict[User | Peer, dict[Job, None]] = {}

    def __bool__(self) -> bool:
        """Return whether there may be any."""
        return bool(self._of)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._of.values()))

    def add(self, peer: Peer, command: Command, request: Request, work: Work[Any]) -> None:
        """Add the request of a peer. Raise RequestRefused if too many of its user's wait."""
        session = None if peer.admin else self._context.session
        own = self._of.setdefault(session.user if session else peer, {})
        if len(own) > MOST_WAITING:
            raise too_many(RETRY_SECONDS, "other requests of yours are not answered yet")
        self._context.state.changes.put(own, Job(peer, session, command, request, work), None)

    def advance(self, clock: Callable[[], float], seconds: float) -> None:
        """Work for some seconds, and write the replies of what is finished. `clock` returns seconds."""
        deadline = clock() + seconds
        while self._of and clock() < deadline:
            user = next(iter(self._of))
            own = self._of.pop(user)
            job = next(iter(own), None)
            if job is not None:
                if not self._is_heard(job.peer) or self._turn(job, clock, deadline):
                    del own[job]
                self._of[user] = own  # the next turn is another user's

    def end(self) -> None:
        """End all requests, and ask the peers to try again."""
        unavailable = RequestRefused(ErrorCode.UNAVAILABLE)
        for job in [job for own in self._of.values() for job in own if self._is_heard(job.peer)]:
            self._context.outbox.send((job.peer,), answer(job.request.id, unavailable))
        self._of.clear()

    def _is_heard(self, peer: Peer) -> bool:
        """Return whether a peer can get a reply: it is connected, and it reads."""
        return peer in self._context.state.peers and not peer.lagging

    def _turn(self, job: Job, clock: Callable[[], float], deadline: float) -> bool:
        """Carry a request on until a deadline, and charge for it. Return whether it has got its reply."""
        context, begun = self._context, clock()
        reply: Reply | Error | None = None
        context.begin(job.peer)
        try:
            if job.peer.session is not job.session:
                raise RequestRefused(
                    ErrorCode.NOT_LOGGED_IN, "this session has ended; log in, then ask again"
                )
            if _carry_on(job, clock, deadline):
                reply = job.work.reply(context)
        except StoreBroken:
            raise
        except Exception as error:  # no exception of a request may end the broker
            reply = self._refusal(job, error)
        spent = clock() - begun
        job.seconds += spent
        context.limiter.charge(job.peer, spent * TOKENS_A_SECOND, context.now.elapsed)
        if reply is None:
            return False
        context.outbox.send((job.peer,), reply)
        return True

    def _refusal(self, job: Job, error: Exception) -> Error:
        refusal = error if isinstance(error, RequestRefused) else log_fault(self._context, error, job.command)
        return answer(job.request.id, refusal)


def _carry_on(job: Job, clock: Callable[[], float], deadline: float) -> bool:
    """Take steps until a deadline. Return whether the request is finished, or has to end early."""
    begun = clock()
    for may_end in job.work.steps:
        now = clock()
        if may_end and job.seconds + now - begun >= MOST_SECONDS:
            return True
        if now >= deadline:
            return False
    return True
