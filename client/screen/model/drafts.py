"""The drafts of conversations that the person is not in now."""

from __future__ import annotations

from dataclasses import replace

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replaced
from client.screen.composer.field import STALE, Draft
from messages.events import System, SystemKind

_MOST = 200


class Drafts:
    """Keeps a text for the conversation in which it was begun.

    If that conversation ends meanwhile, or its name gets another user, the text is still shown, but it is
    sent only after another look: its mark is stale then.
    """

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}

    def keep(self, conversation: str, draft: Draft, *, stale: bool = False) -> None:
        """Keep a draft, if there is text in it."""
        self._drafts.pop(conversation, None)
        if draft.line.text:
            self._drafts[conversation] = _stale(draft) if stale else draft
            if len(self._drafts) > _MOST:
                del self._drafts[next(iter(self._drafts))]

    def take(self, conversation: str, mark: int) -> Draft | None:
        """Return the draft of a conversation. It counts as begun at a mark, unless it is stale."""
        draft = self._drafts.pop(conversation, None)
        if draft is None or draft.line.mark == STALE:
            return draft
        return replace(draft, line=replace(draft.line, mark=mark))

    def note(self, event: ClientEvent) -> None:
        """Follow conversations that end, and that get another name or user."""
        match event:
            case Removed(room=room):
                self._doubt(room)
            case Replaced(user) | System(kind=SystemKind.NEW_KEY, user=user):
                self._doubt(f"@{user}")
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                if (draft := self._drafts.pop(f"@{old}", None)) is not None:
                    self._drafts[f"@{new}"] = draft
            case LoggedIn(new_log=True):
                for conversation in self._drafts:
                    self._doubt(conversation)

    def _doubt(self, conversation: str) -> None:
        if conversation in self._drafts:
            self._drafts[conversation] = _stale(self._drafts[conversation])


def _stale(draft: Draft) -> Draft:
    return replace(draft, line=replace(draft.line, mark=STALE))
