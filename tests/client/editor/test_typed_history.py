from client.editor.inputs import TypedLine
from client.editor.typed_history import MOST_LINES, History, Search


def remembering(*texts):
    history = History()
    for text in texts:
        history.add(TypedLine(text))
    return history


def found(history, search):
    return history.line(search.at).text if search.at else None


def test_one_goes_back_to_the_oldest_and_forth_to_the_unfinished_line():
    history = remembering("one", "two")
    draft = TypedLine("draft")
    assert history.older(draft) == TypedLine("two")
    assert history.older(TypedLine("two, edited")) == TypedLine("one")
    assert history.older(TypedLine("one")) is None
    assert history.newer() == TypedLine("two")
    assert history.newer() == draft
    assert history.newer() is None


def test_blank_lines_and_repeated_ones_are_not_remembered():
    history = remembering("a", "a", " ", "", "b", "a")
    assert [history.older(TypedLine("")) for _ in range(4)] == [
        TypedLine("a"),
        TypedLine("b"),
        TypedLine("a"),
        None,
    ]


def test_a_pasted_text_is_another_than_the_same_typed():
    history = remembering("/a\nb")
    history.add(TypedLine("/a\nb", pasted=True))
    assert history.older(TypedLine("")) == TypedLine("/a\nb", pasted=True)
    assert history.older(TypedLine("")) == TypedLine("/a\nb")


def test_only_so_many_are_remembered():
    history = remembering(*(str(number) for number in range(MOST_LINES + 5)))
    assert history.line(MOST_LINES) == TypedLine("5")
    assert history.find("4", MOST_LINES) is None


def test_after_an_entered_or_left_line_one_is_behind_all():
    history = remembering("one", "two")
    history.older(TypedLine(""))
    history.leave()
    assert history.newer() is None
    history.older(TypedLine(""))
    history.add(TypedLine("three"))
    assert history.older(TypedLine("")) == TypedLine("three")


def test_a_search_goes_from_the_newest_to_the_oldest():
    history = remembering("Deploy one", "lunch", "deploy two", "end")
    search = Search(history)
    search.older()
    assert found(history, search) is None
    search.extend("dep")
    assert found(history, search) == "deploy two"
    search.extend("loy")
    assert found(history, search) == "deploy two"
    search.older()
    assert found(history, search) == "Deploy one"
    assert search.prompt == "search 'deploy': "


def test_a_search_that_fails_says_so_and_keeps_what_it_had():
    history = remembering("abc", "abd")
    search = Search(history)
    search.extend("abc")
    search.extend("x")
    assert search.prompt == "no line has 'abcx': "
    assert found(history, search) == "abc"
    search.shorten()
    search.shorten()
    assert search.prompt == "search 'ab': "
    assert found(history, search) == "abd"
    search.shorten()
    search.shorten()
    search.shorten()
    assert search.prompt == "search '': "
    assert found(history, search) is None
