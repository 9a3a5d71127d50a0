"""Rock, paper, scissors: the hands and who wins."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a game ended for the player who gets the document."""

    WON = "won"
    LOST = "lost"
    DRAW = "draw"


class Hand(StrEnum):
    """What a player can show."""

    ROCK = "rock"
    PAPER = "paper"
    SCISSORS = "scissors"

    def against(self, other: Hand) -> Outcome:
        """Return the outcome for this hand against `other`."""
        if self == other:
            return Outcome.DRAW
        return Outcome.WON if (self, other) in _WINNING else Outcome.LOST


_WINNING = {(Hand.ROCK, Hand.SCISSORS), (Hand.SCISSORS, Hand.PAPER), (Hand.PAPER, Hand.ROCK)}


class GameKind(StrEnum):
    """What a `game` event is about."""

    CHALLENGED = "challenged"
    PLAYED = "played"
    EXPIRED = "expired"
