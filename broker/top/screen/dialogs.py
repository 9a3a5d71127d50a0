"""What the screen asks in the middle: one or two short texts, and help. Enter confirms, Escape leaves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from messages.text import neutralise

Answers = Mapping[str, str]


class Question(ModalScreen[Answers | None]):
    """Asks for texts by their labels. Its result is the texts, or None if the person leaves it."""

    CSS = """
    Question { align: center middle; background: transparent; }
    Question Vertical { width: 60; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; }
    Question Vertical { background: ansi_default; border: round ansi_default; }
    Question Static { width: 100%; height: auto; background: ansi_default; color: ansi_default; }
    Question .title { text-style: bold; }
    Question Input { background: ansi_default; color: ansi_default; width: 100%; text-style: underline; }
    """
    BINDINGS = [Binding("escape,ctrl+c", "dismiss(None)", "leave it", priority=True)]  # noqa: RUF012 - Textual's way

    def __init__(
        self,
        title: str,
        asks: Mapping[str, str],
        check: Callable[[Answers], object] = dict,
        initial: Answers | None = None,
    ) -> None:
        """`asks` has a hint for each label. `check` raises ValueError with a sentence."""
        super().__init__()
        self._title = title
        self._asks = asks
        self._check = check
        self._given = initial or {}

    def compose(self) -> ComposeResult:
        """Yield the title, the fields and the keys."""
        with Vertical():
            yield Static(neutralise(self._title), classes="title", markup=False)
            for label, hint in self._asks.items():
                yield Input(self._given.get(label, ""), placeholder=hint, compact=True, id=label)
            yield Static("Enter: yes  Esc: no", id="say", markup=False)

    def on_input_submitted(self) -> None:
        """Check the answers, and return them."""
        answers = {label: self.query_one(f"#{label}", Input).value for label in self._asks}
        try:
            self._check(answers)
        except ValueError as error:
            self.query_one("#say", Static).update(neutralise(str(error)))
        else:
            self.dismiss(answers)


class Help(ModalScreen[None]):
    """Shows what the keys do, until a key is pressed."""

    CSS = """
    Help { background: ansi_default; }
    Help Static { background: ansi_default; color: ansi_default; }
    """

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Yield the list of keys."""
        longest = max(len(key) for key, _ in self._keys)
        yield Static("\n".join(f"{key:<{longest}}  {text}" for key, text in self._keys), markup=False)

    def on_key(self) -> None:
        """Go back."""
        self.dismiss(None)
