"""The tokens of tickets: what they say, and for what they are signed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from broker.core.access.invites import invite_secret
from broker.core.access.tickets import (
    Seal,
    Ticket,
    claimed,
    is_signed,
    make_ticket,
    new_family,
    ticket_secret,
)

KEY = b"the broker's own"
SECRET = ticket_secret(KEY)
TICKET = Ticket(new_family("token-1"), 2**53 - 1, 1_790_000_000_000)
SEAL = Seal("log", "k" * 40, 1_790_000_000_000, "$argon2id$hash")


def test_a_token_says_whose_it_is_and_is_signed_for_one_seal() -> None:
    token = make_ticket(SECRET, TICKET, SEAL)
    assert claimed(token) == TICKET
    assert is_signed(SECRET, token, SEAL)
    assert len(token) == 60
    assert "=" not in token


@pytest.mark.parametrize(
    "other", [{"log": "another"}, {"gateway": "l" * 40}, {"since": 0}, {"proof": "$argon2id$hash2"}]
)
def test_it_is_not_signed_for_another_log_gateway_role_or_password(other: dict[str, Any]) -> None:
    assert not is_signed(SECRET, make_ticket(SECRET, TICKET, SEAL), SEAL._replace(**other))


def test_no_other_secret_signs_it_and_an_empty_one_signs_nothing() -> None:
    token = make_ticket(SECRET, TICKET, SEAL)
    assert not is_signed(ticket_secret(b"another"), token, SEAL)
    assert not is_signed(b"", token, SEAL)
    assert not is_signed(b"", make_ticket(b"", TICKET, SEAL), SEAL)
    assert invite_secret(KEY) != SECRET


@pytest.mark.parametrize("text", ["", "a", "ä", "A" * 59, "A" * 64, "A" * 56, "\0" * 60, "=" * 60])
def test_what_is_no_token_says_nothing(text: str) -> None:
    assert claimed(text) is None


def test_of_a_thousand_forged_tokens_none_is_signed() -> None:
    token, chance = make_ticket(SECRET, TICKET, SEAL), random.Random(4)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for _ in range(1_000):
        letters = list(token)
        for _ in range(chance.randint(1, 3)):
            letters[chance.randrange(60)] = chance.choice(alphabet)
        forged = "".join(letters)
        assert is_signed(SECRET, forged, SEAL) is (forged == token)


def test_families_differ() -> None:
    assert len({new_family(f"token-{number}") for number in range(100)}) == 100
