"""Questions to the person at the terminal: one prompt after the other, then a call with the answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence


class Questions:
    """The current questions, if any."""

    def __init__(self) -> None:
        self._prompts: deque[str] = deque()
        self._answers: list[str] = []
        self._then: Callable[..., None] | None = None
        self._secret = False

    @property
    def prompt(self) -> str | None:
        """The current question; None if there is none."""
        return self._prompts[0] if self._prompts else None

    @property
    def is_secret(self) -> bool:
        """Whether the answer must not be shown."""
        return self._secret and bool(self._prompts)

    def ask(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask one question after the other, and call `then` with the answers."""
        self._secret = secret
        self._prompts = deque(prompts)
        self._answers, self._then = [], then

    def cancel(self) -> None:
        """Ask no more, and call nothing."""
        self._prompts.clear()

    def answer(self, text: str) -> None:
        """Take an answer. The last one calls `then`, and raises what that raises."""
        self._prompts.popleft()
        self._answers.append(text.strip())
        if not self._prompts and self._then:
            answers, self._answers = self._answers, []  # a password is not kept
            self._then(*answers)
