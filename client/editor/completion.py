"""Tab: the candidates that replace a word, one after the other."""

from __future__ import annotations

from collections.abc import Sequence


class Completion:
    """One or several candidates, at least one, for the word that begins at `start`."""

    def __init__(self, start: int, word: str, candidates: Sequence[str]) -> None:
        self.start, self.word = start, word
        common = _common_prefix(candidates)
        self._common = common if len(common) > len(word) else None
        self._candidates = candidates
        self._at: int | None = None

    @property
    def candidates(self) -> Sequence[str]:
        """All candidates, in order."""
        return self._candidates

    @property
    def chosen(self) -> int | None:
        """The index of the candidate that replaces the word now; None if it is their common prefix."""
        return None if self._at is None else self._at % len(self._candidates)

    @property
    def is_final(self) -> bool:
        """There is only one candidate."""
        return len(self._candidates) == 1

    def turn(self, step: int) -> str:
        """Return the text for the next Tab: first the common prefix, if it is longer than the word."""
        if self.is_final:
            return self._candidates[0]
        if self._common is not None:
            common, self._common = self._common, None
            return common
        if self._at is None:
            self._at = 0 if step > 0 else -1
        else:
            self._at += step
        return self._candidates[self._at % len(self._candidates)]


def _common_prefix(texts: Sequence[str]) -> str:
    least, greatest = min(texts), max(texts)
    differing = (at for at, char in enumerate(least) if not greatest.startswith(char, at))
    return least[: next(differing, len(least))]
