import pytest

from client.editor.cells import following, preceding

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize("whole", ["a", "日", "e\u0301\u0323", "👍\U0001f3fd", FAMILY, "❤\ufe0f"])
def test_what_is_combined_is_stepped_over_as_one(whole):
    text = f"x{whole}y"
    assert following(text, 1) == len(text) - 1
    assert preceding(text, len(text) - 1) == 1


def test_no_step_leaves_the_text():
    assert following("ab", 2) == 2
    assert following("", 0) == 0
    assert preceding("ab", 0) == 0
    assert preceding("\u0301\u0301", 2) == 0
