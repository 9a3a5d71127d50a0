"""Replies about identity as lines of text: codes, keys and profiles."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from client.text.entries import name_mark
from client.text.times import local_time
from messages.identity import KeyEntry, KeyList, LinkCode, Profile


def render_identity(reply: LinkCode | KeyList | Profile) -> Iterator[str]:
    """Yield the lines of a reply; they are not neutralised here."""
    match reply:
        case LinkCode(browser=True):
            yield f"The code is {reply.code}, valid once within {reply.seconds // 60} minutes."
            yield "On the page of the chat, choose “Use a code from another device”."
        case LinkCode():
            yield f"The code is {reply.code}, valid once within {reply.seconds // 60} minutes."
            yield f"On the other device: chat-client --connect HOST:PORT --link {quote(reply.code)}"
            yield "HOST:PORT is the broker's address."
            yield "If that device does not know the broker, give it the broker's chat:// address."
        case KeyList():
            yield from map(_key, reply.keys)
            if not reply.keys:
                yield "You have no key, so your name is not reserved; connect encrypted to bind one."
        case Profile():
            yield from _profile(reply)


def _key(entry: KeyEntry) -> str:
    seen = "this device" if entry.current else f"last seen {_date(entry.seen)}"
    return f"{entry.fingerprint}  since {_date(entry.since)}, {seen}"


def absence_text(profile: Profile) -> str:
    """Return why a user is not here, not neutralised; empty if they are."""
    if profile.online:
        return f"away: {profile.away}" if profile.away else "away" if profile.away is not None else ""
    return f"not here, last seen {_date(profile.seen)}" if profile.seen else "not here"


def _profile(profile: Profile) -> Iterator[str]:
    if profile.online:
        idle = profile.idle or 0
        here = f"online, idle {idle // 60} min" if idle >= 60 else "online"
    else:
        here = f"last seen {_date(profile.seen)}" if profile.seen else "offline"
    away = f", away: {profile.away}" if profile.away else ", away" if profile.away is not None else ""
    since = f", key bound since {_date(profile.since)}" if profile.since is not None else ", without a key"
    roles = "".join(f", {role} of the chat" if role == "operator" else f", {role}" for role in profile.roles)
    name = f"{profile.name}{name_mark(profile)}"
    yield f"{name}: {here}{away}{since}{roles}{', banned' if profile.banned else ''}"
    for print_ in profile.fingerprints:
        yield f"  {print_}"
    for address in profile.addresses:
        yield f"  at {address}"


def _date(at: int) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M}"
