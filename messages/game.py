"""Rock, paper, scissors: the hands and who wins."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a game ended for the one who is told."""

    WON = "won"
    LOST = "lost"
    DRAW = "draw"


class Hand(StrEnum):
    """What a player shows."""

    ROCK = "rock"
    PAPER = "paper"
    SCISSORS = "scissors"

    def against(self, other: Hand) -> Outcome:
        """Return how this hand fares against `other`."""
        if self == other:
            return Outcome.DRAW
        return Outcome.WON if (self, other) in _WINNING else Outcome.LOST


_WINNING = {(Hand.ROCK, Hand.SCISSORS), (Hand.SCISSORS, Hand.PAPER), (Hand.PAPER, Hand.ROCK)}
