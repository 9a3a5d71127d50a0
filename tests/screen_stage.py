"""People on the full screen, joined with a broker's core by links of tests/linked.py, without sockets."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from linked import Member, World

from client.commands.completion import complete
from client.core.options import Listening
from client.core.person.notices import Level
from client.editor.keyboard import KeyDecoder
from client.screen.app import ChatScreen
from client.screen.composer.field import Field
from client.screen.composer.guide import SessionGuide
from client.screen.connecting import Connecting
from client.screen.host import ScreenHost
from client.screen.model.draft_file import DraftFile
from client.screen.model.draft_keeper import DraftKeeper
from client.screen.model.state import ScreenState
from client.screen.terminal import Keys
from client.screen.tones import text_of
from client.views.highlight import Means, Ringer
from client.views.shutdown import Timeouts

COLUMNS, ROWS = 70, 14


class NoConnection(Connecting):
    """Stands for the connection: a test moves the documents."""

    def __init__(self, member: Member) -> None:
        super().__init__(member.session, "", None, lambda _: None)

    async def open(self, changed: object) -> None:
        return None


class Seat:
    """One person at a full screen that is not drawn."""

    def __init__(self, world: World, member: Member, drafts: Path | None = None) -> None:
        self.world = world
        self.member = member
        self.session = member.session
        self.state = ScreenState(member.session, Level.MENTION)
        self.kept: list[str] = []
        guide = SessionGuide(member.session, {})
        keeper = DraftKeeper(DraftFile(drafts, "broker")) if drafts else None
        self.host = ScreenHost(
            member.session,
            self.state,
            lambda last_own: Field(partial(complete, member.session), last_own=last_own, guide=guide),
            Timeouts(),
            lambda line: self.kept.append(line.text),
            Path(),
            keeper,
        )
        member.show = lambda most: self.host.take_events()  # type: ignore[method-assign]

    def app(self) -> ChatScreen:
        return ChatScreen(self.host, NoConnection(self.member), Ringer(Means.BELL, {}))

    def keys(self, text: str) -> None:
        """Press keys that the composer takes, and let everybody act."""
        self.host.field.mark = self.host.composer.mark
        self.host.take_inputs(self.host.field.take(KeyDecoder().feed(text)))
        self.settle()

    def settle(self) -> None:
        for _ in range(4):
            self.world.forward(0.3)
            self.world.round()

    @property
    def log(self) -> list[str]:
        """The log in the middle."""
        layout = self.state.update()
        rows = layout.view(COLUMNS, ROWS)
        for wish in layout.wishes:
            self.state.fetch(wish.before, wish.after)
        return [text_of(row).rstrip() for row in rows]

    @property
    def rooms(self) -> list[str]:
        rows = self.state.conversations.rows(self.session.conversations, self.state.here, 20, 6)
        return [text for row in rows if (text := text_of(row).rstrip("│").strip())]


LISTENING = Listening(brief=True, changes=True)


def seats(*names: str, drafts: Path | None = None, max_file: int = 0) -> list[Seat]:
    """Return people who are logged in. Their drafts are kept in a file, if one is given."""
    world = World(*names, listening=LISTENING, max_file=max_file)
    found = [Seat(world, member, drafts) for member in world.members]
    for seat in found:
        seat.session.login(seat.member.session.name)
        seat.member.connect()
    found[0].settle()
    return found


def started_again(seat: Seat, drafts: Path | None, name: str = "") -> Seat:
    """Return a person's seat after a new start, not connected yet. The first one ends without a word."""
    world, name = seat.world, name or seat.session.name
    seat.member.cut()
    world.members.remove(seat.member)
    member = Member(world, name, LISTENING)
    for _ in range(1_000):  # ids of the first start are not used again
        member.session._new_id()
    world.members.append(member)
    again = Seat(world, member, drafts)
    member.session.login(name)
    return again


class Table(Seat):
    """A seat whose keys go through the application, to sheets too, as the terminal sends them."""

    @classmethod
    def of(cls, seat: Seat) -> Table:
        seat.__class__ = cls
        assert isinstance(seat, Table)
        app = seat._app = seat.app()
        for pane in (app.log_view, app.composer_view):
            pane.redraw = lambda: None  # type: ignore[method-assign]
        return seat

    _app: ChatScreen

    def press(self, keys: str) -> None:
        decoder = Keys()
        self._app.press_keys(decoder.feed(keys)[0] + decoder.pause())
        self.settle()

    def enter(self, early: str) -> None:
        """Begin, with keys that came while the program loaded."""
        self._app.enter(Keys().feed(early)[0])

    def sheet(self, columns: int = 90, most: int = 16) -> list[str]:
        """The rows of the sheet that is shown."""
        sheets = self.host.sheets
        rows = sheets.rows(columns, sheets.height(columns, most))
        return [text_of(row).rstrip() for row in rows]

    @property
    def texts(self) -> list[str]:
        """What the log shows right of its bar."""
        return [row.split("│ ")[1].rstrip() for row in self.log if "│ " in row]

    @property
    def chosen(self) -> list[str]:
        """The texts of the log that stand out."""
        rows = self.state.update().view(COLUMNS, ROWS)
        found = [text_of(row) for row in rows if row and all(tone.reverse for _, tone in row)]
        return [row.split("│ ")[1].rstrip() for row in found]


def tables(*names: str) -> list[Table]:
    """Return people who are logged in, and whose keys go through the application."""
    return [Table.of(seat) for seat in seats(*names)]
