"""Which lines without a slash are commands in short."""

from __future__ import annotations

from client.shorthand.shortcodes import is_emoji, is_shortcode

CORRECTION = "s/old/new/"
REACTION = "+:emoji:"


def command_of(line: str) -> str | None:
    """Return the name of the command that a line is a short form of; None if it is a text.

    `s/old/new/` corrects. `+:ok:` and `+👍` react, and a `-` takes the reaction back. `+1` is a text.
    """
    if line.startswith("s/"):
        from client.shorthand.correction import parse_correction  # noqa: PLC0415 - few start with one

        return CORRECTION if parse_correction(line) else None
    if line.startswith(("+", "-")) and _is_emoji(line[1:].rstrip()):
        return REACTION
    return None


def _is_emoji(word: str) -> bool:
    return is_shortcode(word) or is_emoji(word)
