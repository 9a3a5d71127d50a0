import pytest

from messages.reactions import check_reaction

FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "reaction", ["👍", "❤️", "👩‍🚀", FLAG, "🇩🇪", "1️⃣", "👩🏻‍❤️‍💋‍👨🏿", "+1", "ok", "é", "नमस्ते", "x" * 16]
)
def test_a_reaction_is_an_emoji_or_a_short_word(reaction: str) -> None:
    assert check_reaction(reaction) == reaction


@pytest.mark.parametrize(
    "reaction",
    [
        "",
        " ",
        "a b",
        "a\n",
        "a\u2800b",
        "\u3164",
        "x" * 17,
        "\u200d",
        "a\u200d",
        "\u0301",
        "\u202ea",
        "\ufeff",
        "a\u00ad",
        "\ue000",
    ],
)
def test_a_reaction_has_nothing_invisible_and_no_spaces(reaction: str) -> None:
    with pytest.raises(ValueError, match=r"a reaction|control characters"):
        check_reaction(reaction)
