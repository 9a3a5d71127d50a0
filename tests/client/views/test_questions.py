from __future__ import annotations

import pytest

from client.views.questions import Questions


def test_questions_are_asked_one_after_the_other_and_the_answers_used_at_the_end() -> None:
    questions, used = Questions(), []
    assert questions.prompt is None
    questions.ask(["Recipient: ", "Text: "], lambda *answers: used.append(answers))
    assert questions.prompt == "Recipient: "
    questions.answer(" bob ")
    assert questions.prompt == "Text: "
    assert used == []
    questions.answer("good  morning\n")
    assert questions.prompt is None
    assert used == [("bob", "good  morning")]


def test_a_new_question_takes_the_place_of_the_old_ones() -> None:
    questions, used = Questions(), []
    questions.ask(["Recipient: ", "Text: "], lambda *answers: used.append(answers))
    questions.answer("bob")
    questions.ask(["Name: "], lambda *answers: used.append(answers))
    assert questions.prompt == "Name: "
    questions.answer("alice")
    assert used == [("alice",)]


def test_what_is_done_with_the_answers_may_ask_again() -> None:
    questions, names = Questions(), []

    def named(name: str) -> None:
        names.append(name)
        if name == "1alice":
            questions.ask(["Name: "], named)

    questions.ask(["Name: "], named)
    questions.answer("1alice")
    assert questions.prompt == "Name: "
    questions.answer("alice")
    assert questions.prompt is None
    assert names == ["1alice", "alice"]


def test_what_it_raises_reaches_whoever_took_the_answer_and_nothing_is_asked_any_more() -> None:
    questions = Questions()

    def refuse(_name: str) -> None:
        raise ValueError("a name begins with a letter")

    questions.ask(["Name: "], refuse)
    with pytest.raises(ValueError, match="begins with a letter"):
        questions.answer("1alice")
    assert questions.prompt is None


def test_a_question_that_is_cancelled_is_asked_no_more() -> None:
    questions, used = Questions(), []
    questions.ask(["Password: ", "Repeat it: "], lambda *answers: used.append(answers), secret=True)
    questions.answer("correct owl")
    questions.cancel()
    assert (questions.prompt, questions.is_secret, used) == (None, False, [])
