"""How what is refused or fails is answered, and what the operator's log tells of it."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.outbox import LogEvent
from broker.core.registry import Command
from broker.core.store import StoreError
from messages.errors import ChatError, ErrorCode, RequestRefused
from messages.replies import Error


def answer(re: str | None, error: ChatError) -> Error:
    """Return the reply that refuses a request; `re` is None if it has no id that could be read."""
    retryable = error.code.retryable or error.retry_after > 0
    return Error(re, error.code, error.text, retryable, error.retry_after)


def log_fault(context: Context, error: Exception, command: Command) -> RequestRefused:
    """Have the log tell why a handler failed, and return what its client is told."""
    if isinstance(error, StoreError):
        if not context.state.read_only:
            context.outbox.log(LogEvent.STORE_FAILED, error, reason=str(error))
        return RequestRefused(ErrorCode.UNAVAILABLE)
    context.outbox.log(LogEvent.FAULT, error, address=context.peer.address, request=command.name)
    return RequestRefused(ErrorCode.INTERNAL)
