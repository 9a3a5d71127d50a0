import pytest

from messages.game import Hand, Outcome

WINNING = [(Hand.ROCK, Hand.SCISSORS), (Hand.SCISSORS, Hand.PAPER), (Hand.PAPER, Hand.ROCK)]


@pytest.mark.parametrize(("winner", "loser"), WINNING)
def test_rock_blunts_scissors_cut_paper_wraps_rock(winner: Hand, loser: Hand) -> None:
    assert winner.against(loser) == Outcome.WON
    assert loser.against(winner) == Outcome.LOST


@pytest.mark.parametrize("hand", Hand)
def test_two_equal_hands_are_a_draw(hand: Hand) -> None:
    assert hand.against(hand) == Outcome.DRAW


@pytest.mark.parametrize("hand", Hand)
def test_each_hand_wins_against_one_and_loses_against_one(hand: Hand) -> None:
    assert {hand.against(other) for other in Hand} == set(Outcome)
    assert len(Hand) == len(Outcome)
