"""The settings for notices as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from messages.notices import ConversationLevel, Day, KeywordList, NoticeLevel, QuietList, QuietSpan

_DAYS = list(Day)

_LEVELS = {
    NoticeLevel.ALL: "every message rings",
    NoticeLevel.MENTIONS: "messages with your name or a keyword ring",
    NoticeLevel.NONE: "nothing rings or is highlighted",
    NoticeLevel.DEFAULT: "no level is chosen, so --bell says what rings",
}


def render_notices(reply: ConversationLevel | KeywordList | QuietList) -> Iterator[str]:
    """Yield the line of a reply."""
    match reply:
        case ConversationLevel():
            yield f"{reply.conversation}: {_LEVELS[reply.level]}."
        case KeywordList():
            words = ", ".join(reply.words)
            yield f"Your keywords: {words}." if words else "You have no keywords."
        case QuietList():
            spans = ", ".join(map(span_text, reply.spans))
            yield f"Quiet hours: {spans} ({reply.zone})." if spans else "You have no quiet hours."


def span_text(span: QuietSpan) -> str:
    """Return a span as it can be typed, such as `mon-fri 22:00-07:00`."""
    return f"{_days_text(span.days)} {span.start}-{span.end}"


def _days_text(days: Iterable[Day]) -> str:
    """Return days with those in a row joined, such as `mon-wed fri`."""
    runs: list[list[Day]] = []
    for day in sorted(days, key=_DAYS.index):
        if runs and _DAYS.index(runs[-1][-1]) + 1 == _DAYS.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    if runs == [_DAYS]:
        return "daily"
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(run) for run in runs)
