from __future__ import annotations

import pytest
from looks import entry, look, peer

from broker.top.board import View, board, heights
from messages.rows import width


def view(*, hostile: str = "") -> View:
    found = View()
    peers = [peer(number, f"user{number}{hostile}", requests=number) for number in range(1, 40)]
    found.history.add(look(10.0, *peers, commits={3: 2}, batches={0: 4}, frames=4))
    found.history.add(
        look(
            11.0,
            *peers,
            commits={2: 1, 3: 9, 5: 1},
            batches={0: 9, 3: 1},
            frames=20,
            refused={"banned": 3},
            numbers={"sends_total": 1_234, "deliveries_total": 98_765, "index_lag_messages": 42},
            entries=[entry(1, reason=f"spam{hostile}", room=f"#tea{hostile}")],
        )
    )
    found.files = {
        "chat_broker_database_bytes": 2_000_000,
        "chat_broker_disk_free_bytes": 5e9,
        "chat_broker_disk_size_bytes": 1e10,
    }
    return found


def shown(of: View, columns: int, rows: int) -> list[str]:
    found = ["".join(piece.text for piece in row) for row in board(of, columns, rows)]
    assert len(found) == rows
    assert {width(line) for line in found} == {columns}
    return [line.rstrip() for line in found]


def test_a_screen_of_usual_size_shows_all_parts() -> None:
    lines = shown(view(), 100, 30)
    assert lines[0].startswith("chat-broker  well, up 11s")
    assert lines[1].startswith("connections 39  lagging 0  flooding 0  throttled 0")
    assert lines[2].startswith("in 1,234/s █  out 98.8k/s █  frames 16/s")
    assert lines[3] == "to index 42  searches 0  database 2.0 MB  5.0 GB free (50%)"
    assert lines[4] == "refused in 1s banned 3"
    assert lines[5].startswith("commits in 1s  p50 0.75 ms, p99 4.8 ms")
    assert "frames a batch  p50 1, p99 8" in lines[5]
    assert any(line.startswith("name") for line in lines)
    assert any(line.endswith("operator (uid 0)  ban mallory in #tea: spam") for line in lines)
    assert lines[-1] == "q quit  s busy  / find  k kick  b ban  ? help"


def test_the_smallest_screen_shows_what_matters() -> None:
    lines = shown(view(), 20, 8)
    assert [line.split()[0] for line in lines] == [
        "chat-broker",
        "conn",
        "in",
        "name",
        "user1",
        "user2",
        "user3",
        "q",
    ]


@pytest.mark.parametrize("columns", [1, 7, 20, 59, 60, 80, 133, 300])
@pytest.mark.parametrize("rows", [1, 2, 5, 8, 12, 15, 16, 24, 60])
def test_every_size_is_filled_exactly(columns: int, rows: int) -> None:
    shown(view(), columns, rows)
    shown(View(), columns, rows)


def test_a_narrow_histogram_has_its_percentiles_rather_than_its_time() -> None:
    assert "commits  p50 0.75 ms, p99 4.8 ms" in "".join(shown(view(), 72, 24))
    assert "commits in 1s  p50" in "".join(shown(view(), 59, 24))


def test_the_parts_take_all_rows_and_never_more() -> None:
    for rows in range(8, 100):
        found = heights(rows)
        assert sum(found) + 5 == rows
        assert found.peers >= 2


def test_nothing_that_others_have_chosen_controls_the_terminal() -> None:
    for hostile in ("\x1b[2J", "\x9b31m", "\u202e", "\n", "\U000e0041", "\u2066"):
        text = "".join(shown(view(hostile=hostile), 100, 30))
        assert hostile not in text


def test_trouble_and_what_an_action_led_to_are_told() -> None:
    found = view()
    found.trouble = "no answer since 12:00:00; waiting for the broker"
    lines = shown(found, 80, 24)
    assert lines[0] == f"chat-broker  {found.trouble}"
    assert lines[-1] == "q quit"
    found.trouble, found.said = "", "bob is kicked from the chat"
    assert shown(found, 80, 24)[-1] == found.said


def test_a_list_that_is_not_complete_says_so() -> None:
    found = view()
    found.history.add(look(12.0, peer(1, "bob"), matching=7))
    found.find = "b"
    assert shown(found, 80, 24)[-1].startswith("1 of 7 with b  q quit")
