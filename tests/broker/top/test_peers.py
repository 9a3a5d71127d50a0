from __future__ import annotations

from looks import look, peer

from broker.top.history import History
from broker.top.peers import Choice, state_text, table
from broker.top.rows import Row, Style
from messages.observing import PeerOrder
from messages.rows import width


def text(row: Row) -> str:
    return "".join(piece.text for piece in row)


def test_wider_screens_have_more_columns_and_the_order_is_marked() -> None:
    heads = {}
    for columns in (20, 40, 80, 120):
        head, *rows = table(History(), [peer(1, "alice")], PeerOrder.BUSY, Choice(), 3, columns)
        assert {width(text(row)) for row in (head, *rows)} == {columns}
        heads[columns] = text(head).split()
    assert heads[20] == ["name", "in/s*"]
    assert heads[40] == ["name", "in/s*", "state"]
    assert heads[80] == ["name", "in/s*", "state", "idle", "requests", "address"]
    assert heads[120] == ["name", "in/s*", "state", "idle", "requests", "number", "address"]
    by_name, *_ = table(History(), [], PeerOrder.NAME, Choice(), 3, 30)
    assert text(by_name).split()[0] == "name*"


def test_a_row_tells_who_it_is_and_what_is_wrong() -> None:
    history = History()
    history.add(look(1.0, peer(1, "alice", requests=10)))
    history.add(look(3.0, peer(1, "alice", requests=30, lagging=5, idle=75)))
    found = table(history, [*history.last.peers, peer(2)], PeerOrder.BUSY, Choice(), 5, 90)  # type: ignore[union-attr]
    assert text(found[1]).split() == ["alice", "10", "lagging", "1m", "30", "10.0.0.1"]
    assert text(found[2]).split()[:3] == ["(not", "logged", "in)"]
    states = [
        peer(1, barred=True, lagging=1),
        peer(2, lagging=1),
        peer(3, throttled=True),
        peer(4, gateway=True),
    ]
    assert [state_text(one) for one in states] == ["flooding", "lagging", "throttled", "gateway"]


def test_the_chosen_connection_stays_chosen_when_the_order_changes() -> None:
    choice, peers = Choice(), [peer(number, f"u{number}") for number in range(1, 6)]
    assert choice.chosen(peers) == peers[0]
    choice.move(peers, 3)
    assert choice.chosen(list(reversed(peers))) == peers[3]
    choice.move(peers, 100)
    assert choice.chosen(peers) == peers[4]
    assert choice.chosen(peers[:2]) == peers[0]
    assert choice.chosen([]) is None


def test_the_list_scrolls_to_the_chosen_connection() -> None:
    choice, peers = Choice(), [peer(number, f"u{number}") for number in range(1, 21)]
    choice.move(peers, 9)
    _, *rows = table(History(), peers, PeerOrder.BUSY, choice, 4, 30)
    assert [text(row).split()[0] for row in rows] == ["u7", "u8", "u9", "u10"]
    assert [row[0].style for row in rows] == [Style.PLAIN] * 3 + [Style.CHOSEN]
    choice.move(peers, -100)
    _, *rows = table(History(), peers, PeerOrder.BUSY, choice, 4, 30)
    assert [text(row).split()[0] for row in rows] == ["u1", "u2", "u3", "u4"]
