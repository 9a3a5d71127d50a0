"""The drafts of conversations that the person is not in now, also those of an earlier start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replaced
from client.core.person.notice_settings import positions_in
from client.screen.composer.meaning import STALE, Draft
from messages.events import Position, System, SystemKind

_MOST = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it is kept for the next start.

    `log` is the epoch of the broker's log in which its conversation was certain, empty if it was not. `me` is
    the user who typed it, `other` the other user of a direct conversation. Both are 0 if they are not known.
    """

    draft: Draft
    log: str = ""
    me: int = 0
    other: int = 0


class Drafts:
    """Keeps a text for the conversation in which it was begun.

    If that conversation ends meanwhile, or its name gets another user, the text is still shown, but it is
    sent only after another look: its mark is stale then. So are all texts of an earlier start, until the
    broker has said that their conversations are still the same.
    """

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self.uncertain: dict[str, Kept] = {}
        """Those of an earlier start of which the broker has not said yet whether they are still the same."""

    def __contains__(self, conversation: object) -> bool:
        return conversation in self._drafts

    def __iter__(self) -> Iterator[str]:
        return iter(self._drafts)

    def __len__(self) -> int:
        return len(self._drafts)

    @property
    def all(self) -> Mapping[str, Draft]:
        """All drafts, by conversation."""
        return self._drafts

    def load(self, kept: Mapping[str, Kept]) -> None:
        """Take the drafts of an earlier start, in place of all."""
        self._drafts = {place: _stale(one.draft) for place, one in kept.items()}
        self.uncertain = dict(kept)

    def keep(self, conversation: str, draft: Draft, *, stale: bool = False) -> None:
        """Keep a draft, if there is text in it."""
        self._drafts.pop(conversation, None)
        if draft.line.text or draft.target:
            self._drafts[conversation] = _stale(draft) if stale else draft
            if len(self._drafts) > _MOST:
                del self._drafts[next(iter(self._drafts))]

    def take(self, conversation: str, mark: int) -> Draft | None:
        """Return the draft of a conversation. It counts as begun at a mark, unless it is stale."""
        draft = self._drafts.pop(conversation, None)
        if draft is None or draft.line.mark == STALE:
            return draft
        return replace(draft, line=replace(draft.line, mark=mark))

    def note(self, event: ClientEvent) -> set[str]:
        """Follow conversations that end, and that get another name or user.

        Return those of which it is certain now that they are what they were at the earlier start.
        """
        match event:
            case Removed(room=room):
                self._doubt([room])
            case Replaced(user) | System(kind=SystemKind.NEW_KEY, user=user):
                self._doubt([f"@{user}"])
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                self._rename(f"@{old}", f"@{new}")
            case LoggedIn():
                for place in self._drafts:
                    if self.has_other_log(place, event):
                        self._drafts[place] = _stale(self._drafts[place].without_target())
        if isinstance(event, LoggedIn):
            log, me = event.welcome.epoch, event.welcome.user_id
            self.uncertain = {at: one for at, one in self.uncertain.items() if (one.log, one.me) == (log, me)}
        return {place for position in positions_in(event) if (place := self._confirm(position))}

    def has_other_log(self, conversation: str, event: LoggedIn) -> bool:
        """Whether the broker has another log than when the draft of a conversation was typed."""
        known = self.uncertain.get(conversation)
        return event.new_log or (known is not None and bool(known.log) and known.log != event.welcome.epoch)

    def confirm_user(self, conversation: str, user_id: int) -> None:
        """Record who the other user of a direct conversation is, as a command has found."""
        known = self.uncertain.get(conversation)
        if known is not None and user_id and known.other == user_id:
            self._certain(conversation)

    def _confirm(self, position: Position) -> str:
        """Return the conversation of a position if there is an earlier draft that is certainly for it."""
        place = position.conversation
        if place.startswith("@"):
            theirs = (at for at, one in self.uncertain.items() if one.other and one.other == position.user_id)
            if (found := next(theirs, None)) is None:
                return ""
            if found != place:
                self._rename(found, place)
        return place if self._certain(place) else ""

    def _certain(self, place: str) -> bool:
        if place in self.uncertain and place in self._drafts:
            self._drafts[place] = _fresh(self._drafts[place])
        return self.uncertain.pop(place, None) is not None

    def _rename(self, old: str, new: str) -> None:
        if old in self._drafts:
            self._drafts[new] = self._drafts.pop(old).renamed(new)
        if old in self.uncertain:
            self.uncertain[new] = self.uncertain.pop(old)

    def _doubt(self, conversations: Iterable[str]) -> None:
        for conversation in conversations:
            self.uncertain.pop(conversation, None)
            if conversation in self._drafts:
                self._drafts[conversation] = _stale(self._drafts[conversation])


def _stale(draft: Draft) -> Draft:
    return replace(draft, line=replace(draft.line, mark=STALE))


def _fresh(draft: Draft) -> Draft:
    return replace(draft, line=replace(draft.line, mark=0))
