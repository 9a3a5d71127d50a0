"""What can be done with messages that the person has selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from client.screen.host import ScreenHost
from client.screen.log.layout import Layout
from client.screen.sheets.about import about_rows
from client.screen.sheets.chooser import Choice
from client.screen.sheets.sheet import Sheet
from client.screen.sheets.texts import Text
from client.screen.tones import Row
from client.shorthand.shortcodes import usual_emoji
from client.text.entries import indented
from messages.amendments import Delete
from messages.events import Message
from messages.text import neutralise, reveal


class Deeds(Sheet):
    """The sheet of a selection in a place, with a method for each thing that can be done."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__()
        self._host = host
        self._place = host.state.here
        self._layout: Layout = host.state.update()

    @property
    def chosen(self) -> Message | None:
        """The chosen message, as it is now."""
        key = self._layout.chosen
        found = self._layout.transcript.at(key) if key else None
        return found if isinstance(found, Message) else None

    @property
    def messages(self) -> list[Message]:
        """The marked messages, oldest first; the chosen one if none is marked."""
        found = [self._layout.transcript.at(key) for key in sorted(self._layout.marked)]
        marked = [one for one in found if isinstance(one, Message)]
        return marked or ([self.chosen] if self.chosen else [])

    @property
    def is_lost(self) -> bool:
        """Whether the person has gone to another conversation, or this one was renamed."""
        return self._host.state.here != self._place

    def _run(self, *lines: str) -> None:
        """Run commands about messages here, unless they would mean those of another conversation."""
        composer = self._host.composer
        why = ""
        if composer.awaits:
            why = f"{neutralise(composer.awaited) or 'the login'} is not answered yet"
        elif composer.place != self._place:
            why = composer.cause if composer.place is None else f"you have left {self._place}"
        if why:
            self._host.notice(f"Not done: {why}.")
            return
        for line in lines:
            self._host.run(line)

    def close(self) -> None:
        """Leave the selection; the log follows new messages again if it is at the end."""
        super().close()
        self._layout.chosen = None
        self._layout.marked.clear()
        self._layout.release()

    def copy(self) -> None:
        """Copy the texts as they are shown, so that nothing is pasted unseen: several with their senders."""
        found = [one for one in self.messages if not one.deleted]
        texts = [neutralise(one.text, keep="\n\t").rstrip("\n") for one in found]
        if len(found) > 1:
            texts = [f"{reveal(one.sender)}: {indented(one.text)}" for one in found]
        if texts:
            self._host.notice(self._host.copy("\n".join(texts)))
        self.close()

    def reply(self) -> None:
        """Answer the chosen message with what is typed next."""
        if message := self.chosen:
            self.close()
            self._host.begin_reply(message.seq)

    def edit(self) -> None:
        """Change the text of the chosen message."""
        message = self.chosen
        if message is None:
            return
        if message.sender != self._host.session.name or message.deleted:
            self._host.notice("You can edit only what you have said yourself, and not deleted.")
            return
        self.close()
        self._host.begin_edit(message)

    def react(self) -> None:
        """React to the messages with an emoji; one that the person has given already is taken back."""
        chosen = self.messages
        me = self._host.session.name
        given = [one.reaction for message in chosen for one in message.reactions]
        offered = [Choice(emoji, names) for emoji, names in usual_emoji(given)]

        def send(choice: Choice) -> None:
            def line(message: Message) -> str:
                mine = any(one.reaction == choice.name and me in one.users for one in message.reactions)
                return f"/react {message.seq} {choice.name}{' off' if mine else ''}"

            self._run(*map(line, self._still(chosen)))
            self.close()

        self._host.choose("React: ", "React with", offered, send)

    def delete(self) -> None:
        """Delete the messages, after a question."""
        found = [one for one in self.messages if not one.deleted]
        if len(found) == 1:
            self._host.confirm_delete(found[0].seq, lambda: self._delete(found))
        elif found:
            self._host.confirm(f"Delete these {len(found)} messages?", lambda: self._delete(found))

    def _delete(self, found: list[Message]) -> None:
        for message in self._still(found):
            self._host.session.ask(Delete, conversation=self._place, seq=message.seq)
        self.close()

    def _still(self, found: list[Message]) -> list[Message]:
        """Return what the person has selected, unless the place or its log has become another one since.

        A number means another message there.
        """
        here = self._host.session.timeline(self._place).messages
        ids = {one.id for one in found} & {here[one.seq].id for one in found if one.seq in here}
        if not self.is_lost and len(ids) == len(found):
            return found
        self._host.notice("Nothing was done, as the messages that you selected are not here any more.")
        return []

    def pin(self) -> None:
        """Pin the messages; unpin them if they are."""
        pinned = self._layout.transcript.timeline.pinned
        self._run(*(f"/pin {one.seq}{' off' if one.seq in pinned else ''}" for one in self.messages))
        self.close()

    def save(self) -> None:
        """Get the files of the messages."""
        found = [one for one in self.messages if one.files]
        if not found:
            self._host.notice("There is no file in what you have selected.")
            return
        self._run(*(f"/get {message.seq}" for message in found))
        self.close()

    def thread(self) -> None:
        """Show the message with which the thread of the chosen one begins, and all that answers it."""
        if message := self.chosen:
            known, seq = self._layout.transcript.timeline.messages, message.seq
            while (one := known.get(seq)) is not None and one.reply_to in known:
                seq = one.reply_to
            self.close()
            self._run(f"/thread {seq}")

    def about(self) -> None:
        """Show who has the chosen message, and what else is known of it."""
        if message := self.chosen:
            transcript, seq = self._layout.transcript, message.seq

            def rows() -> list[Row]:
                now = transcript.timeline.messages.get(seq, message)
                return about_rows(
                    now, transcript.sent(seq), transcript.receipts_of(seq), transcript.marks(now)
                )

            self._host.sheets.open(Text(f"Message {seq:,}", rows))

    def answered(self) -> None:
        """Go to the message that the chosen one answers."""
        message = self.chosen
        if message is None or not message.reply_to:
            self._host.notice("This message answers no other.")
            return
        self._host.state.go_to(message.reply_to)
        self._layout.chosen = (message.reply_to, 0)


class Deed(NamedTuple):
    """A key, what it does in a word or two, and how."""

    key: str
    name: str
    run: Callable[[Deeds], None]


DEEDS = (
    Deed("r", "reply", Deeds.reply),
    Deed("c", "copy", Deeds.copy),
    Deed("+", "react", Deeds.react),
    Deed("e", "edit", Deeds.edit),
    Deed("d", "delete", Deeds.delete),
    Deed("p", "pin", Deeds.pin),
    Deed("s", "save files", Deeds.save),
    Deed("t", "thread", Deeds.thread),
    Deed("w", "who has it", Deeds.about),
    Deed("g", "go to what it answers", Deeds.answered),
)
"""What can be done with messages."""
