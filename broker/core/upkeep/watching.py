"""What the core looks at once a second: whether the store works, and whether the clock can be trusted."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.delivery.presence import prepare_users
from broker.core.execution.refusals import become_read_only
from broker.core.facts.kinds import ClockMark
from broker.core.memory.state import State
from broker.core.outbox import LogEvent
from broker.core.settings import NamePolicy
from broker.core.store import StoreError
from messages.text import counted


def watch_store(context: Context) -> None:
    """Look whether the store has its files, or in the read-only mode whether it works again."""
    if context.state.read_only:
        _try_to_store(context)
    else:
        _check_files(context)


def _check_files(context: Context) -> None:
    """Begin the read-only mode if the store's files have been removed or replaced."""
    try:
        context.store.check_files()
    except StoreError as error:
        become_read_only(context, error)


def _try_to_store(context: Context) -> None:
    """Probe the store, and end the read-only mode if it works again."""
    try:
        context.store.probe()
    except StoreError as error:
        if error.reason != context.state.read_only_reason:  # it fails in another way now
            become_read_only(context, error)
        return
    context.state.read_only = False
    context.outbox.log(LogEvent.STORE_RECOVERED)
    if context.settings.names is NamePolicy.SHARED:
        prepare_users(context)


def last_known(state: State) -> int:
    """Return the last trusted time (Unix ms), or else that of the last message; 0 if there is neither.

    The messages come second, because their times are those of a clock that may have been wrong.
    """
    mark = state.facts.get(ClockMark, "")
    return mark.at if mark else state.latest


def observe_clock(context: Context) -> None:
    """Look at the clock, log if it is doubted or trusted again, and store a trusted time once an hour."""
    clock, before = context.clock, context.clock.doubted
    if context.settings.trust_clock:
        clock.trust(context.now)
    else:
        clock.observe(context.now)
    if clock.doubted and not before:
        log_doubt(context)
    elif before and not clock.doubted:
        context.outbox.log(LogEvent.CLOCK_TRUSTED)
    if clock.is_mark_due(context.now):
        store_time(context)


def store_time(context: Context) -> None:
    """Store the time for the next start, if it is trusted."""
    if context.may_expire and not context.state.read_only:
        context.state.facts.keep(ClockMark(context.now.at))


def log_doubt(context: Context) -> None:
    """Log that the clock is doubted, if it is."""
    if context.may_expire:
        return
    days = context.clock.days_off(context.now)
    off = f"{counted(abs(days), 'day')} {'ahead of' if days > 0 else 'behind'}"
    context.outbox.log(LogEvent.CLOCK_DOUBTED, off=off)
