"""Texts about the user's other devices, and about users who have other names now."""

from __future__ import annotations

from client.core.events import ClientEvent, JoinedElsewhere, Removed, Renamed, Replaced
from messages.events import AwaySet, ReadReceiptsSet, TypingNoticesSet


def presence_text(event: ClientEvent) -> str:
    """Return the sentence of an event, not neutralised; empty if it is about something else."""
    match event:
        case JoinedElsewhere(room):
            return f"You joined {room} on another device."
        case Removed(room, left=True):
            return f"You left {room} on another device."
        case Removed(room, while_away=True):
            return f"You are no longer in {room}: you were removed, or have left it on another device."
        case Renamed(user, name, missed=True):
            return f"{user} is called {name} now."
        case Replaced(user):
            return f"{user} is another user now than before."
        case _:
            return _setting_text(event)


def _setting_text(event: ClientEvent) -> str:
    match event:
        case AwaySet(text=None):
            return "You are back, by another device."
        case AwaySet(text=text):
            return f"You are shown as away, by another device: {text}"
        case ReadReceiptsSet(on=on):
            return f"By another device, others are {'' if on else 'not '}told what you have read."
        case TypingNoticesSet(on=on):
            return f"By another device, others are {'' if on else 'not '}told that you type."
        case _:
            return ""
