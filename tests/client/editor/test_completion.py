import pytest

from client.editor.completion import Completion


def turns(word, candidates, *steps):
    completion = Completion(0, word, candidates)
    return [completion.turn(step) for step in steps]


def test_a_single_candidate_is_final():
    assert Completion(0, "b", ["bob: "]).is_final
    assert turns("b", ["bob: "], 1) == ["bob: "]


def test_several_give_what_they_have_in_common_and_then_each():
    candidates = ["bob: ", "bobby: "]
    assert not Completion(0, "b", candidates).is_final
    assert turns("b", candidates, 1, 1, 1, 1) == ["bob", "bob: ", "bobby: ", "bob: "]


def test_with_nothing_more_in_common_the_first_comes_at_once():
    assert turns("bob", ["bob: ", "bobby: "], 1, 1) == ["bob: ", "bobby: "]
    assert turns("", ["x", "y"], 1) == ["x"]


def test_backwards_the_last_comes_first():
    assert turns("a", ["a1", "a2", "a3"], -1, -1, 1, 1) == ["a3", "a2", "a3", "a1"]


@pytest.mark.parametrize("candidates", [["Alice", "alan"], ["alice", "Alan"]])
def test_a_word_is_never_shortened(candidates):
    assert turns("al", candidates, 1) == candidates[:1]


def test_a_candidate_that_begins_another_is_what_they_have_in_common():
    assert turns("#l", ["#lobby", "#lobby-2"], 1, 1) == ["#lobby", "#lobby"]
