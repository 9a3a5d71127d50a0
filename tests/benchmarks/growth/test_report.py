"""The tables of a run, and the command that makes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.growth import __main__ as command
from benchmarks.growth import report
from benchmarks.growth.axes import AXES, most_connections
from benchmarks.results import Results
from messages.exits import Exit

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "benchmarks" / "results" / "published-growth.json"
DOCUMENT = ROOT / "docs" / "performance.md"


@pytest.fixture(autouse=True)
def without_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "draw", lambda _results, _path: "it takes seconds")


@pytest.fixture
def results() -> Results:
    machine = {"processor": "some", "cores": "2", "open files": "some files"}
    made = Results(machine, {"rounds": 1, "seconds": 2}, {"chat-broker": "1"}, {})
    for size, cost, memory in ((2, 9.0, 30), (10, 1.0, 30), (1_000, 1.2, 70), (10_000, 1.6, 430)):
        made.add(f"members-{size}", "chat-broker", {"cpu": cost, "settled": memory})
    return made


def test_cost_and_memory_are_judged_where_both_count(results: Results) -> None:
    table = report.make_tables(results)
    assert report.costs(results, AXES["members"]) == [1.0, 1.2, 1.6]
    assert report.each(results, AXES["members"], 10) is None
    assert report.each(results, AXES["members"], 1_000) == pytest.approx(40 * 1024 / 998)
    assert "dearest to cheapest: 1.60×, **it rises**" in table
    assert "most to least: 1.00×, flat" in table


def test_what_becomes_cheaper_does_not_rise(results: Results) -> None:
    for size, cost in ((10, 3.0), (100, 1.0), (1_000, 1.1)):
        results.add(f"rooms-{size}", "chat-broker", {"cpu": cost, "settled": 30.0})
    assert "dearest to cheapest: 3.00×, it falls. Memory hardly grows." in report.make_tables(results)


def test_sizes_that_failed_are_named_with_the_reason(results: Results) -> None:
    results.fail("rooms-10", "chat-broker", "it ended")
    assert "- rooms-10: it ended" in report.make_tables(results)


def test_a_broker_is_given_no_more_connections_than_it_takes() -> None:
    assert most_connections(20_000) == 15_800
    assert most_connections(1_000_000) == 20_000


def test_a_run_is_added_to_an_earlier_one_and_shown(results: Results, tmp_path: Path) -> None:
    only = "--quick", "--axes", "connections", "--sizes", "10", "--output", str(tmp_path)
    path = tmp_path / "growth.json"
    results.add("connections-10", "chat-broker", {"cpu": 1.0, "settled": 30.0})
    results.write(path)
    assert command.main([*only, "--add", str(path)]) is Exit.DONE
    assert len(Results.read(path).rounds["connections-10"]["chat-broker"]) == 2
    assert command.main(["--render", str(path), "--output", str(tmp_path)]) is Exit.DONE


def test_an_earlier_run_is_published_in_the_document(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "performance.md"
    shutil.copy(DOCUMENT, document)
    monkeypatch.setattr(command, "_DOCUMENT", document)
    results.write(tmp_path / "one.json")
    assert (
        command.main(["--render", str(tmp_path / "one.json"), "--output", str(tmp_path), "--publish"])
        is Exit.DONE
    )
    assert "| 10,000 | 1.600 |" in document.read_text("utf-8")
    assert Results.read(tmp_path / "published-growth.json") == results


def test_the_tables_in_the_document_are_made_of_the_published_results() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert report.fill_in(document, Results.read(PUBLISHED)) == document


def test_a_quick_run_is_not_published(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--quick", "--publish"])
    assert "not worth publishing" in capsys.readouterr().err
