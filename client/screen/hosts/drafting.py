"""What the person types for each conversation: drafts, and texts that change, answer, or become a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from client.core.events import ClientEvent, LoggedIn, Renamed
from client.core.files.upload import check_size
from client.core.sending.long_texts import check_length, split_text
from client.core.session import Session
from client.editor.inputs import TypedLine
from client.files.source import TextSource
from client.screen.composer.field import Field, LastOwn
from client.screen.composer.meaning import STALE, Aim, Draft, Means, Meant, Target
from client.screen.hosts.saying import SayingHost
from client.screen.model.draft_keeper import DraftKeeper, is_command
from client.screen.model.drafts import Drafts
from client.screen.model.state import ScreenState
from client.screen.settings.table import TYPING
from client.views.complaints import sentence
from client.views.typed import TypedLines
from messages.events import System, SystemKind
from messages.fields import for_people
from messages.limits import MAX_TEXT
from messages.text import check_new_text

PASTE_NAME = "paste.txt"
_SHORT = ("s/", "+:", "-:")
"""How commands without a slash begin."""

MakeField = Callable[[LastOwn], Field]


class Given(NamedTuple):
    """What a `CommandHost` is made of. `keeper` keeps drafts for the next start; without it they are lost."""

    session: Session
    state: ScreenState
    make_field: MakeField
    downloads: Path
    keeper: DraftKeeper | None


class DraftingHost(SayingHost):
    """The part of a `CommandHost` that knows what is typed where."""

    typed: TypedLines

    def __init__(self, given: Given) -> None:
        super().__init__(given.session, given.state, given.make_field(self._last_own), given.downloads)
        self.drafts = given.state.conversations.drafts = Drafts()
        self._keeper = given.keeper
        self._aside: tuple[str, Draft] | None = None
        """The draft that stands back while a question is answered, and its place."""
        self._told = ""
        """The text when others were told last that the person types."""
        if self.session.name:
            self.load_drafts(self.session.name)

    # For the next start

    def load_drafts(self, name: str) -> None:
        """Take up the drafts of the user's last start."""
        if self._keeper is None:
            return
        self.drafts.load(self._keeper.load(name))
        if self._keeper.trouble:
            self.notice(self._keeper.trouble)
        draft = self.drafts.take(self.state.here, STALE)
        if self._aside is not None:
            self._aside = self._aside[0], draft or self._aside[1]
        elif draft is not None and not self.field.text:
            self.field.load_draft(draft)
        self._told = self.field.text

    def keep_drafts(self) -> None:
        """Keep what has changed for the next start."""
        if self._keeper is not None and not self._keeper.trouble:
            place, present = self._aside or (self.state.here, self.field.draft)
            self._keeper.keep(self.session, self.drafts, place, present)
            if self._keeper.trouble:
                self.notice(self._keeper.trouble)

    def _put_down(self) -> None:
        """Put what is typed among the drafts, as the program is about to end."""
        place, present = self._aside or (self.state.here, self.field.draft)
        self._aside = None
        self.drafts.keep(place, present)
        self.keep_drafts()

    def _note_drafts(self, event: ClientEvent) -> None:
        """Follow what happens to the conversations of drafts."""
        if isinstance(event, LoggedIn) and self._keeper and self._keeper.is_other(self.session):
            self.keep_drafts()
            self.load_drafts(self.session.name)
        place, present = self._aside or (self.state.here, self.field.draft)
        now = present
        if isinstance(event, LoggedIn) and self.drafts.has_other_log(place, event):
            now = present.without_target()
        certain = self.drafts.note(event)
        match event:
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                place, now = (f"@{new}", now.renamed(f"@{new}")) if place == f"@{old}" else (place, now)
        if place in certain and present.line.mark == STALE:
            now = replace(now, line=replace(now.line, mark=self.composer.mark))
        if now != present or now.line.mark != present.line.mark:
            self._replace_present(place, now)

    def _replace_present(self, place: str, draft: Draft) -> None:
        if self._aside is None:
            self.field.load_draft(draft)
        else:
            self._aside = place, draft

    # Places

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        return self._aside is None and super().put_back(line)

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person."""
        raise NotImplementedError

    def _change_draft(self, place: str, *, ended: bool) -> None:
        """Put the draft of the conversation in the middle away, and take that of another one."""
        draft = self.field.take_draft()
        stale = ended or self.composer.is_stale(draft.line.mark)
        self.drafts.keep(self.state.here, draft, stale=stale)
        self._take_up(place)
        self._told = self.field.text

    def _take_up(self, place: str) -> None:
        """Put the draft of a conversation into the composer."""
        self.drafts.confirm_user(place, self.session.user_id_of(place[1:]))
        self.field.load_draft(self.drafts.take(place, self.composer.mark))

    def prompt(self) -> None:
        """Let the person answer a question, or go on with what they typed before it."""
        asks = self.typed.questions.prompt is not None
        if not asks:
            self.sheets.end_question()
        if asks and self._aside is None:
            self._aside = self.state.here, self.field.take_draft()
        self.field.is_secret, self.field.is_answer = self.typed.questions.is_secret, asks
        if not asks and self._aside is not None:
            (place, draft), self._aside = self._aside, None
            self.field.load_draft(None)
            if place == self.state.here:
                self.field.load_draft(draft)
            else:  # the person has gone elsewhere meanwhile
                self.drafts.keep(place, draft, stale=self.composer.is_stale(draft.line.mark))
                self._take_up(self.state.here)
            self._told = self.field.text
        self.state.on_change()

    @property
    def asks(self) -> bool:
        """Whether what stands before the text is to be read: a question, or what the text is for."""
        return self.typed.questions.prompt is not None or self.field.target is not None

    def tell_typing(self) -> None:
        """Tell the others that the person types to them, if that has changed the text."""
        text, before = self.field.text, self._told
        self._told = text
        target = self.field.target
        tells = self.state.settings.of(TYPING) in ("on", "tell")
        says = tells and self.composer.place and not self.typed.questions.prompt and not self.field.is_secret
        short = text.startswith(_SHORT) or is_command(text) or (target and target.aim is Aim.EDIT)
        if says and text != before and not short:
            self.session.typed(str(self.composer.place), text, time.monotonic())

    # What a text is meant as

    def _last_own(self) -> tuple[Target, str] | None:
        """Return the user's last message here, and its text."""
        place = self.composer.place
        if place is None or self.typed.questions.prompt:
            return None
        self.field.mark = self.composer.mark
        timeline = self.session.timeline(place)
        own = (timeline.messages[seq] for seq in reversed(timeline.seqs))
        mine = (one for one in own if one.sender == self.session.name and not (one.deleted or one.files))
        return next(((Target(Aim.EDIT, place, one.seq), one.text) for one in mine), None)

    def _is_checked(self, line: TypedLine) -> bool:
        """Return whether a text may go. If not, it stands in the composer again, and the person knows why."""
        why = ""
        if line.mark == STALE and (line.pasted or not is_command(line.text)):
            certain = f"{self.state.here} may not be what it was when this was typed"
            why = f"Not sent: {certain}. Enter sends it, Ctrl-U clears it."
        elif isinstance(line, Meant) and line.target is not None:
            why = self._why_not(line, line.target)
        if why:
            self._again(line, why)
        return not why

    def _why_not(self, line: Meant, target: Target) -> str:
        """Return why a text for a target cannot be sent now, in a sentence; empty if it can."""
        if not line.text.strip():
            how = f"/delete {target.seq} deletes the message, Esc leaves it as it is."
            return f"There is no text. {how}"
        if self.composer.place != target.conversation or self.composer.awaits:
            return f"Not sent: message {target.seq} is in {target.conversation}. Esc leaves it."
        if self.composer.is_stale(line.mark):
            return f"Not sent: {self.composer.cause}. Enter sends it, Esc leaves it."
        try:
            if target.aim is Aim.EDIT:
                check_length(target.conversation, line.text)
            if len(line.text) <= MAX_TEXT:
                check_new_text(line.text)
        except ValueError as error:
            return f"Not sent: {for_people(error)}."
        return ""

    def _again(self, line: TypedLine, notice: str) -> None:
        """Put a text back into the composer, as begun now."""
        target = line.target if isinstance(line, Meant) else None
        typed = TypedLine(line.text, line.pasted, self.composer.mark)
        edits = target is not None and target.aim is Aim.EDIT
        if self.field.target is None and (edits or not self.field.text):
            before = self.field.draft if edits else None
            self.field.load_draft(Draft(typed, len(typed.text), target, before))
        self.notice(notice)

    def _enter(self, line: TypedLine) -> None:
        """Take a text that is finished."""
        if self.typed.questions.prompt:
            self.typed.enter(line)
        elif isinstance(line, Meant) and line.means is Means.FILE:
            self._ask_about_file(line)
        elif self._is_checked(line):
            for one in self._lines_of(line):
                self.typed.enter(one)

    def _lines_of(self, line: TypedLine) -> Sequence[TypedLine]:
        """Return the lines to enter for a text."""
        if not isinstance(line, Meant):
            return (line,)
        parts = [line.text]
        lost = self.composer.place is None or self.composer.awaits or self.composer.is_stale(line.mark)
        if line.means is Means.PARTS and not lost:
            parts = split_text(line.text)
        lines = [TypedLine(part, line.pasted or len(parts) > 1, line.mark) for part in parts]
        if line.target is not None:
            lines[0] = TypedLine(line.target.command(parts[0]), mark=line.mark)
        return lines

    # Files

    def _ask_about_file(self, line: Meant) -> None:
        """Ask for the name of the file that a text becomes, and for a text with it."""
        place, seq = self.composer.place, line.target.seq if line.target else None
        mark = self.composer.mark
        if place is None or line.mark == STALE:
            self._is_checked(replace(line, mark=STALE))
            return

        def send(name: str, text: str) -> None:
            if self.composer.is_stale(mark):
                raise ValueError(f"not sent: {self.composer.cause}")
            source = TextSource(f"{line.text}\n", name or PASTE_NAME)
            self._sent(self.session.send(place, text, seq, [source]))
            self._aside = (place, Draft(TypedLine(""), 0))

        try:
            if self.session.welcome is not None:
                check_size(PASTE_NAME, len(line.text.encode(errors="replace")), self.session.max_file)
            self.question([f"File name [{PASTE_NAME}]: ", "Text with it, if any: "], send)
        except ValueError as error:
            self.notice(sentence(error))
