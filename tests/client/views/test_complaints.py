from __future__ import annotations

import pytest

from client.views.complaints import Complaints, sentence


def told(number: int, *, endless: bool = False) -> list[str]:
    """Return what is told of so many complaints."""
    said: list[str] = []
    complaints = Complaints(said.append, endless=endless)
    assert not complaints
    for each in range(1, number + 1):
        complaints.add(f"line {each}")
        assert complaints
    complaints.end()
    return said


@pytest.mark.parametrize(
    ("number", "last"),
    [(5, "line 5"), (6, "1 further line was not sent"), (2_005, "2,000 further lines were not sent")],
)
def test_the_first_five_are_named_and_the_others_counted(number: int, last: str) -> None:
    assert told(number)[:5] == [f"line {each}" for each in range(1, 6)]
    assert told(number)[-1] == last
    assert len(told(number)) == min(number, 6)


def test_where_there_is_no_end_all_are_named() -> None:
    assert told(7, endless=True) == [f"line {each}" for each in range(1, 8)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("there is no command /nope; /help lists them", "There is no command /nope; /help lists them."),
        ("`words`: give two letters at least before a *", "Give two letters at least before a *."),
    ],
)
def test_why_a_command_was_not_done_is_a_sentence(error: str, said: str) -> None:
    assert sentence(ValueError(error)) == said
