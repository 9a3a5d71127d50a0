import pytest

from client.editor.cells import following, preceding

FAMILY = "👩\u200d👩\u200d👧"
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    "whole",
    [
        "a",
        "日",
        "e\u0301\u0323",
        "👍\U0001f3fd",
        FAMILY,
        "❤\ufe0f",
        "🇩🇪",
        WALES,
        "1\ufe0f\u20e3",
        "각",
        "क्षि",
    ],
)
def test_what_is_combined_is_stepped_over_as_one(whole):
    text = f"x{whole}y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_of_several_flags_each_is_one_step():
    assert [preceding("🇩🇪🇫🇷🇮", end) for end in (5, 4, 2)] == [4, 2, 0]
    assert following("🇩🇪🇫🇷", 0) == 2


def test_a_letter_with_very_many_marks_is_still_one_step():
    text = "x" + "e" + "\u0301" * 500 + "y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_no_step_leaves_the_text():
    assert following("ab", 2) == 2
    assert following("", 0) == 0
    assert preceding("ab", 0) == 0
    assert preceding("\u0301\u0301", 2) == 0
