import pytest
from wired import Chat

from broker.core.memory.audiences import by_amendments, by_runs


def test_those_who_know_runs_are_told_apart_in_the_order_in_which_they_came() -> None:
    chat = Chat()
    peers = [client.peer for client in chat.users("alice", "bob", "carol", "dora")]
    for peer, knows in zip(peers, (True, False, True, False), strict=True):
        peer.runs = knows
    assert by_runs(chat.core.state.lobby) == ((peers[0], peers[2]), (peers[1], peers[3]))


@pytest.mark.parametrize("knows", [True, False])
def test_if_all_are_alike_they_stay_one_audience(knows: bool) -> None:
    chat = Chat()
    for client in chat.users("alice", "bob"):
        client.peer.runs = client.peer.amendments = knows
    lobby = chat.core.state.lobby
    for parted in by_runs(lobby), by_amendments(lobby):
        assert parted[0 if knows else 1] is lobby.peers
        assert parted[1 if knows else 0] == ()


def test_a_newcomer_is_among_those_whom_their_client_belongs_to() -> None:
    chat = Chat()
    (alice,) = chat.users("alice")
    alice.peer.runs = True
    assert by_runs(chat.core.state.lobby) == ((alice.peer,), ())
    (bob,) = chat.users("bob")
    assert by_runs(chat.core.state.lobby) == ((alice.peer,), (bob.peer,))
    user = chat.core.state.users["bob"]
    assert by_runs(user) == ((), (bob.peer,))
