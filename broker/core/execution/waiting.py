"""Carries on with requests that waited for content, once it is read or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from broker.core.contents import Outcome
from broker.core.context import Context
from broker.core.execution.refusals import answer, log_fault
from broker.core.memory.model import Peer
from broker.core.registry import Command
from broker.core.store import StoreBroken
from broker.core.transfers import Waiting
from messages.base import Reply, Request
from messages.errors import RequestRefused
from messages.replies import Error


def carry_on(
    context: Context,
    commands: Mapping[type[Request], Command],
    requests: list[tuple[Peer, Sequence[Request] | Error]],
) -> None:
    """Write the replies of the requests that need not wait any more, and add these to those of the batch."""
    for waiting, outcome in context.transfers.take():
        requests.append((waiting.peer, (waiting.request,)))
        reply = _reply(context, commands[type(waiting.request)], waiting, outcome)
        peer = waiting.peer
        if peer in context.state.peers and peer.session is waiting.session and not peer.lagging:
            context.outbox.send((peer,), reply)


def _reply(context: Context, command: Command, waiting: Waiting, outcome: Outcome) -> Reply | Error:
    begun = context.begin(waiting.peer)
    try:
        return waiting.finish(context, outcome)
    except RequestRefused as refusal:
        return answer(waiting.request.id, refusal)
    except StoreBroken:
        raise
    except Exception as error:  # no exception of a request may end the broker
        context.take_back(begun)
        return answer(waiting.request.id, log_fault(context, error, command))
