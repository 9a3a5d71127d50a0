import random
from typing import Any

import pytest
from keyring import KEYS
from wired import Chat

from broker.core.access.invites import Invite, invite_secret, make_invite, read_invite
from broker.core.settings import AccessPolicy
from messages.errors import ErrorCode
from messages.requests import Login

SECRET = invite_secret(b"the broker's own")
NONCE = bytes(range(9))


@pytest.mark.parametrize("role", ["", "operator", "gateway"])
def test_a_token_says_what_it_was_made_for(role: str) -> None:
    token = make_invite(SECRET, NONCE, 1_790_000_000_000, 7, role)
    assert read_invite(SECRET, token) == Invite(NONCE.hex(), 1_790_000_000_000, 7, role)


@pytest.mark.parametrize(
    "grant",
    [{"guests": True}, {"accounts": True}, {"per_address": 65_535}, {"guests": True, "per_address": 1}],
)
def test_a_gateways_token_says_what_it_is_granted(grant: dict[str, Any]) -> None:
    token = make_invite(SECRET, NONCE, 1_790_000_000_000, 7, "gateway", **grant)
    assert read_invite(SECRET, token) == Invite(NONCE.hex(), 1_790_000_000_000, 7, "gateway", **grant)
    assert "=" not in token


@pytest.mark.parametrize(("role", "per_address"), [("operator", 1), ("gateway", 65_536), ("", 1)])
def test_nobody_else_is_granted_anything_nor_more_than_there_is(role: str, per_address: int) -> None:
    with pytest.raises(ValueError, match="only a gateway"):
        make_invite(SECRET, NONCE, 0, 1, role, per_address=per_address)


def test_another_brokers_token_is_none_here_and_without_a_secret_none_is() -> None:
    token = make_invite(SECRET, NONCE, 1_790_000_000_000, 7)
    assert read_invite(invite_secret(b"another"), token) is None
    assert read_invite(b"", token) is None


@pytest.mark.parametrize("uses", [0, 65_536])
def test_an_invite_is_for_a_number_of_uses_that_it_can_say(uses: int) -> None:
    with pytest.raises(ValueError, match="uses"):
        make_invite(SECRET, NONCE, 0, uses)


def test_of_a_thousand_forged_tokens_none_admits_anybody() -> None:
    chat = Chat(access=AccessPolicy.INVITED, invite_secret=SECRET)
    good = make_invite(SECRET, NONCE, chat.now.at + 60_000, 7)
    chance = random.Random(4)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forged = set()
    while len(forged) < 1_000:
        letters = list(good)
        for _ in range(chance.randint(1, 3)):
            letters[chance.randrange(len(letters))] = chance.choice(alphabet)
        forged.add("".join(letters[: chance.choice([len(letters), len(letters), chance.randrange(54)])]))
        forged.discard(good)
    stranger = chat.connect(identity=KEYS[0])
    for token in forged:
        assert stranger.refused(Login, 1, "alice", invite=token) is ErrorCode.INVITE_INVALID
    assert not chat.core.state.sessions
    assert stranger.ask(Login, 1, "alice", invite=good).name == "alice"
