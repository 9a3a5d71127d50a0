"""What a person asks about themselves and others: settings, profiles, their password, and other devices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import msgspec

from client.core.events import ClientEvent, Replied
from client.core.person.queries import ProfileQuery
from client.web.person import Person
from client.web.protocol import own
from client.web.protocol.tells import AnyTell, Done, Refused
from client.web.tabs.qr import qr_modules
from messages.base import Request
from messages.events import KeywordsChanged, QuietHoursChanged, System, SystemKind, TypingNoticesSet
from messages.fields import for_people
from messages.identity import Link, LinkCode, Profile, SetPassword
from messages.moderation import Ignored, IgnoreList
from messages.names import canonical_key
from messages.notices import KeywordList, Keywords, Notify, QuietHours, QuietList
from messages.replies import Error, OwnProfile
from messages.requests import Away, ReadReceipts, Whoami
from messages.text import neutralise
from messages.typing import TypingNotices

_NO_NAME = "Write the name of somebody."


class Own:
    """One tab's questions. `put` sends a document to it."""

    def __init__(self, person: Person, put: Callable[[AnyTell], None]) -> None:
        self._person, self._put = person, put
        self._settings: own.Settings | None = None
        """What the page knows; None if it has not asked."""

    def take(self, asked: own.AnyOwnAsk) -> None:
        """Carry out what is asked; raise ValueError if that cannot be."""
        match asked:
            case own.WhoIs():
                self._who(asked)
            case own.OwnSettings():
                self._ask_settings(asked.ref)
            case own.SetBell():
                self._person.attention.bell = asked.level
                self._put(Done(asked.ref))
            case own.LinkDevice():
                answer = partial(self._code, asked.ref, asked.page)
                self._ask(answer, Link, current=asked.current, browser=asked.browser)
            case _:
                kind, fields = _change(asked)
                self._ask(partial(self._done, asked.ref), kind, **fields)

    # Events

    def follow(self, event: ClientEvent) -> None:
        """Tell the page what is set elsewhere, and which device was linked."""
        match event:
            case System(kind=SystemKind.NEW_KEY, user=self._person.name):
                self._put(own.DeviceLinked(neutralise(event.text)))
            case Replied():
                self._learn(event.request, event.reply)
            case _:
                self._learn(None, event)

    def _learn(self, request: Request | None, news: object) -> None:
        """Take a setting as it is now."""
        if isinstance(news, Error):
            return
        if self._settings is None:
            if isinstance(request, Away):
                self._ask_settings("")
            return
        match request, news:
            case _, KeywordsChanged(words) | KeywordList(words=words):
                self._set(keywords=tuple(map(neutralise, words)))
            case _, QuietHoursChanged() | QuietList():
                self._set(spans=tuple(news.spans), zone=news.zone or "")
            case _, TypingNoticesSet(on):
                self._set(typing=on)
            case TypingNotices(on=on), _:
                self._set(typing=on)
            case ReadReceipts(on=on), _:
                self._set(read=on)
            case Away(text=text), _:
                self._set(away=None if text is None else neutralise(text))

    def _set(self, **fields: object) -> None:
        if (known := self._settings) is None:
            return
        fields["bell"] = self._person.attention.bell
        self._settings = msgspec.structs.replace(known, **fields)
        if self._settings != known:
            self._put(self._settings)

    # Requests

    def _ask(self, answer: Callable[[Replied], None], kind: type[Request], **fields: object) -> None:
        with self._person.answering(answer):
            self._person.session.ask(kind, **fields)

    def _done(self, ref: str, event: Replied) -> None:
        if not self._is_refused(ref, event):
            self._put(Done(ref))

    def _is_refused(self, ref: str, event: Replied) -> bool:
        if isinstance(event.reply, Error):
            text = for_people(ValueError(event.reply.text))
            self._put(Refused(ref, f"{text[:1].upper()}{text[1:]}."))
        return isinstance(event.reply, Error)

    def _ask_settings(self, ref: str) -> None:
        """Ask the broker for all, and answer with the last of its replies, which come in order."""
        found = own.Settings(ref, bell=self._person.attention.bell)

        def take(event: Replied) -> None:
            nonlocal found
            match event.reply:
                case KeywordList(words=words):
                    found = msgspec.structs.replace(found, keywords=tuple(map(neutralise, words)))
                case QuietList(spans=spans, zone=zone):
                    found = msgspec.structs.replace(found, spans=tuple(spans), zone=zone or "")

        def end(event: Replied) -> None:
            if isinstance(event.reply, OwnProfile):
                me = event.reply
                away = None if me.away is None else neutralise(me.away)
                told = msgspec.structs.replace(found, read=me.read_receipts, typing=me.typing, away=away)
                self._settings = msgspec.structs.replace(told, ref="")
                self._put(told)
            elif ref:
                self._is_refused(ref, event)

        self._ask(take, Keywords)
        self._ask(take, QuietHours)
        self._ask(end, Whoami)

    def _who(self, asked: own.WhoIs) -> None:
        """Ask for a profile, and whether the person ignores them."""
        ignored: set[str] = set()

        def take(event: Replied) -> None:
            if isinstance(event.reply, IgnoreList):
                ignored.update(map(canonical_key, event.reply.names))

        def end(event: Replied) -> None:
            if isinstance(event.reply, Profile):
                self._put(_shown(asked.ref, event.reply, canonical_key(event.reply.name) in ignored))
            else:
                self._is_refused(asked.ref, event)

        name = asked.name.removeprefix("@")
        if not name:
            raise ValueError(_NO_NAME)
        ProfileQuery("check", name)
        self._ask(take, Ignored)
        self._ask(end, ProfileQuery, name=name)

    def _code(self, ref: str, page: str, event: Replied) -> None:
        """Answer with a code, and with an address that has it."""
        if self._is_refused(ref, event) or not isinstance(event.reply, LinkCode):
            return
        reply = event.reply
        code = quote(reply.code, safe="")
        if reply.browser:
            address = f"{page}#code={code}" if page else ""
        else:
            address = f"{self._person.address}&link={code}"
        modules = qr_modules(address) if address else ()
        self._put(own.DeviceCode(ref, neutralise(reply.code), reply.seconds, address, modules))


def _change(asked: own.AnyOwnAsk) -> tuple[type[Request], dict[str, object]]:
    """Return the request that changes what is asked, and its fields."""
    match asked:
        case own.SetLevel(conversation=place, level=level):
            return Notify, {"conversation": place, "level": level}
        case own.SetKeywords(words=words):
            return Keywords, {"words": list(words)}
        case own.SetQuietHours(spans=spans, zone=zone):
            return QuietHours, {"spans": list(spans), "zone": zone or None}
        case own.SetTold(what=what, on=on):
            return ReadReceipts if what == "read" else TypingNotices, {"on": on}
        case own.SetAway(reason=reason):
            return Away, {"text": reason}
        case own.ChangePassword(current=current, password=password):
            return SetPassword, {"password": password, "current": current}
    raise TypeError(asked)


def _shown(ref: str, profile: Profile, ignored: bool) -> own.PersonShown:
    return own.PersonShown(
        *(ref, profile.name, profile.user_id, profile.online),
        away=None if profile.away is None else neutralise(profile.away),
        seen=profile.seen,
        since=profile.since or 0,
        idle=int(profile.idle or 0),
        roles=tuple(profile.roles),
        fingerprints=tuple(profile.fingerprints),
        bot=profile.bot,
        guest=profile.guest,
        ignored=ignored,
        banned=profile.banned,
        addresses=tuple(profile.addresses),
    )
