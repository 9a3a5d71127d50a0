"""What users have chosen for their notices. The broker stores it and tells it; the clients ring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from broker.core.context import Context
from broker.core.facts.base import Fact
from broker.core.facts.notices import ChosenKeywords, ChosenLevels, ChosenQuietHours
from broker.core.memory.model import Conversation, Peer, User, direct_id
from messages.events import KeywordsChanged, LevelChanged, QuietHoursChanged
from messages.notices import NoticeLevel, QuietSpan

_Chosen = TypeVar("_Chosen", ChosenLevels, ChosenKeywords, ChosenQuietHours)

NoticeSetting = LevelChanged | KeywordsChanged | QuietHoursChanged
"""An event about one of the settings."""

_NONE: Mapping[str, NoticeLevel] = {}


def levels(context: Context, user: User) -> Mapping[str, NoticeLevel]:
    """Return the levels that a user has chosen, by the id of the conversation."""
    chosen = _chosen(context, ChosenLevels, user)
    return chosen.levels if chosen else _NONE


def keywords(context: Context, user: User) -> list[str]:
    """Return a user's keywords."""
    chosen = _chosen(context, ChosenKeywords, user)
    return list(chosen.words) if chosen else []


def quiet_hours(context: Context, user: User) -> tuple[list[QuietSpan], str | None]:
    """Return a user's quiet hours and their time zone; no spans and None if there are none."""
    chosen = _chosen(context, ChosenQuietHours, user)
    return (list(chosen.spans), chosen.zone) if chosen else ([], None)


def set_level(context: Context, user: User, conversation: Conversation, level: NoticeLevel) -> None:
    """Set which messages of a conversation ring on a user's clients."""
    _set_levels(context, user.id, {**levels(context, user), conversation.id: level})


def drop_levels_elsewhere(context: Context, user: User) -> None:
    """Drop a user's levels of conversations that they are not in."""
    kept = {place: level for place, level in levels(context, user).items() if place in user.conversations}
    _set_levels(context, user.id, kept)


def set_keywords(context: Context, user: User, words: tuple[str, ...]) -> None:
    """Set a user's keywords."""
    _set(context, ChosenKeywords(user.id, words), empty=not words)


def set_quiet_hours(context: Context, user: User, spans: tuple[QuietSpan, ...], zone: str) -> None:
    """Set a user's quiet hours."""
    _set(context, ChosenQuietHours(user.id, zone, spans), empty=not spans)


def settings_besides_positions(context: Context, user: User, peer: Peer) -> Iterator[NoticeSetting]:
    """Yield the settings that follow a user's positions, as none has them, if the peer knows such events."""
    if peer.amendments:
        yield from _elsewhere(context, user)
        if words := keywords(context, user):
            yield KeywordsChanged(words)
        spans, zone = quiet_hours(context, user)
        if spans:
            yield QuietHoursChanged(spans, zone)


def forget_notices(context: Context, user: User) -> None:
    """Drop a user's settings, and the levels of others for the direct conversations with them."""
    facts, users = context.state.facts, context.state.users_by_id
    theirs: tuple[dict[str, Fact], ...] = tuple(
        {**facts.of(kind)} for kind in (ChosenLevels, ChosenKeywords, ChosenQuietHours)
    )
    for chosen in theirs:
        if (own := chosen.get(str(user.id))) is not None:
            facts.drop(own)
    for one in list(facts.of(ChosenLevels).values()):
        other = users.get(one.user)
        place = direct_id(user, other) if other else ""
        if place in one.levels:
            _set_levels(context, one.user, {key: one.levels[key] for key in one.levels if key != place})


def _elsewhere(context: Context, user: User) -> Iterator[LevelChanged]:
    """Yield the levels of conversations that have no position: rooms left, and users never written to.

    A room that was left is named by its id, which says nothing about what became of it.
    """
    users = context.state.users_by_id
    for place, level in levels(context, user).items():
        if place in user.conversations:
            continue
        if place.startswith("#"):
            yield LevelChanged(place, level)
        elif (other := users.get(_other(place, user))) is not None:
            yield LevelChanged(f"@{other.name}", level)


def _other(place: str, user: User) -> int:
    """Return the id of the other user of a direct conversation."""
    low, high = (int(one) for one in place.removeprefix("@").split("|@"))
    return high if low == user.id else low


def _chosen(context: Context, kind: type[_Chosen], user: User) -> _Chosen | None:
    return context.state.facts.get(kind, str(user.id))


def _set_levels(context: Context, user: int, chosen: dict[str, NoticeLevel]) -> None:
    default = NoticeLevel.DEFAULT
    kept: dict[str, NoticeLevel] = {place: level for place, level in chosen.items() if level is not default}
    _set(context, ChosenLevels(user, kept), empty=not kept)


def _set(context: Context, fact: Fact, *, empty: bool) -> None:
    """Store a fact, or drop it if it is empty, unless it is stored as it is."""
    facts = context.state.facts
    earlier = facts.get(type(fact), fact.key)
    if not empty and earlier != fact:
        facts.keep(fact)
    elif empty and earlier is not None:
        facts.drop(earlier)
