"""The replies to requests that are refused or fail, and their log entries."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.outbox import LogEvent
from broker.core.registry import Command
from broker.core.store import StoreError
from messages.errors import ChatError, ErrorCode, RequestRefused
from messages.replies import Error


def answer(re: str | None, error: ChatError) -> Error:
    """Return the reply that refuses a request. `re` is its id, or None if that could not be read."""
    retryable = error.code.retryable or error.retry_after > 0
    return Error(re, error.code, error.text, retryable, error.retry_after, error.offset)


def unavailable(reason: str) -> RequestRefused:
    """Return the refusal of a request that the store cannot store now. `reason` can be empty."""
    text = f"the broker cannot store this now: {reason}; try again" if reason else ""
    return RequestRefused(ErrorCode.UNAVAILABLE, text)


def become_read_only(context: Context, error: StoreError) -> None:
    """Refuse whatever needs the store, until a probe finds that it works again, and log why."""
    context.state.read_only, context.state.read_only_reason = True, error.reason
    context.outbox.log(LogEvent.STORE_FAILED, error, reason=str(error))


def log_fault(context: Context, error: Exception, command: Command) -> RequestRefused:
    """Log why a handler failed, and return the refusal for the client."""
    if isinstance(error, StoreError):
        if context.state.read_only:
            return unavailable(context.state.read_only_reason)
        context.outbox.log(LogEvent.STORE_FAILED, error, reason=str(error))
        return unavailable(error.reason)
    context.outbox.log(LogEvent.FAULT, error, address=context.peer.address, request=command.name)
    return RequestRefused(ErrorCode.INTERNAL)
