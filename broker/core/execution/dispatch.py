"""Carrying out a peer's requests: one, or several of a command that takes them together.

If a handler raises an unexpected exception, everything that the request wrote is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from broker.core.context import Context
from broker.core.execution.jobs import Jobs
from broker.core.execution.refusals import answer, log_fault
from broker.core.memory.model import Peer
from broker.core.outbox import LogEvent
from broker.core.registry import Command, Later, Work, check
from broker.core.store import StoreBroken, StoreError
from messages.base import Reply, Request
from messages.errors import RequestRefused
from messages.replies import Error


def carry_out(context: Context, jobs: Jobs, peer: Peer, command: Command, request: Request) -> bool:
    """Carry out a request, and write exactly one reply, or add the request to those that take long.

    Return False if the request waits for content, whatever becomes of this batch.
    """
    state, begun = context.state, context.begin(peer)
    try:
        check(context, command, request)
        if command.logged and context.settings.log_messages and peer.session:
            context.outbox.log(LogEvent.COMMAND, name=peer.session.user.name, command=command.name)
        reply: Reply | Error | Work[Any] | Later = command.handler(context, request)
        if isinstance(reply, Work):
            jobs.add(peer, command, request, reply)
            return True
        if isinstance(reply, Later):
            return False
        if state.read_only and len(state.journal) > begun[1]:
            raise StoreError("the store is read-only")
    except RequestRefused as refusal:
        reply = answer(request.id, refusal)
    except StoreBroken:
        raise
    except Exception as error:  # no exception of a handler may end the broker
        context.take_back(begun)
        reply = answer(request.id, log_fault(context, error, command))
    context.outbox.send((peer,), reply)
    for event in context.after_reply:
        context.outbox.send((peer,), event)
    return True


def carry_out_together(context: Context, peer: Peer, command: Command, requests: Sequence[Request]) -> bool:
    """Carry out requests together. Return False, with nothing changed, if each must be handled alone."""
    if command.together is None or peer.session is None or context.state.read_only:
        return False
    if command.once and not context.are_new(peer.session.user, requests):
        return False
    begun = context.begin(peer)
    try:
        check(context, command, requests[0], new=True)
        replies = command.together(context, requests)
    except RequestRefused:
        return False
    except StoreBroken:
        raise
    except Exception:  # handled alone, the request that fails is found
        context.take_back(begun)
        return False
    if replies is None:
        return False
    context.outbox.send_all((peer,), replies)
    return True
