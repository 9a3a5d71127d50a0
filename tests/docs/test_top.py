"""The chapter The operator's screen of docs/broker.md has the fields and keys that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docs.fenced import blocks
from looks import entry, look, peer
from programs import SCRIPTS, house

from broker.top.files import FILES
from broker.top.history import History
from broker.top.report import report
from broker.top.screen.app import KEYS
from messages.exits import Exit
from messages.observing import MOST_PEERS, PeerOrder

BROKER = (Path(__file__).parents[2] / "docs" / "broker.md").read_text("utf-8")
CHAPTER = BROKER.partition("\n### The operator's screen\n")[2].partition("\n### ")[0]
EXAMPLES = blocks("docs/broker.md", "sh top")


def table(head: str) -> dict[str, str]:
    """Return the rows of a table by their first cell."""
    rows = CHAPTER.partition(f"| {head} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| (`.+`) \| (.+) \|$", rows, re.MULTILINE))


def test_the_fields_for_scripts_are_those_in_the_table() -> None:
    history = History()
    for seconds in (1.0, 2.0):
        history.add(look(seconds, peer(1, "alice"), entries=[entry(1)]))
    found = report(history, dict.fromkeys(FILES.values(), 1.0))
    rows = table("field")
    assert [field for row in rows for field in re.findall("`([a-z_]+)`", row)] == list(found)
    for field in ("rates", "commit", "batch", "files", "peers", "entries"):
        value = found[field][0] if isinstance(found[field], list) else found[field]
        assert set(re.findall(r"`(\w+)`", rows[f"`{field}`"])) >= value.keys(), field


def test_the_keys_are_those_of_the_help() -> None:
    listed = {", ".join(re.findall("`([^`]+)`", row)): text for row, text in table("key").items()}
    shown = {key: text for key, text in KEYS if key != "any key"} | {"?": "show these keys"}
    assert {key: text.partition(":")[0] for key, text in listed.items()} == shown
    assert re.findall(r"[a-z]+", listed["s, S"].partition(":")[2]) == list(PeerOrder)
    assert f"{MOST_PEERS} connections at most" in CHAPTER


def test_the_example_works_as_written(tmp_path: Path) -> None:
    ((_, _, _, line),) = EXAMPLES
    with house(tmp_path) as home:
        home.broker()
        program = home.shell(f"PATH={SCRIPTS}:$PATH; {line}")
        assert program.wait() == Exit.DONE, program.err
        (written,) = program.out
        assert json.loads(written)["files"]["database"] > 0
