"""What pieces mean."""

from __future__ import annotations

from client.screen.tones import Meaning, name_tone


def test_a_name_looks_the_same_each_time_whatever_its_spelling() -> None:
    assert name_tone("Bob") == name_tone("bob")
    assert name_tone("\ud800").hue
    assert name_tone("bob", Meaning.MEMBER).hue == name_tone("bob").hue
