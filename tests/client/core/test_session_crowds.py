"""Crowds: what a session says and keeps of them."""

from __future__ import annotations

from driven import Driven

from messages.events import Online


def test_the_number_of_users_in_a_crowd_is_kept_and_shown() -> None:
    driven = Driven()
    driven.log_in()
    assert driven.session.online == 0
    driven.hear(Online(8_011, crowd=True))
    assert driven.session.online == 8_011
    assert Online(8_011, crowd=True) in driven.told()
    driven.hear(Online(40))
    assert driven.session.online == 0
