"""Medians, ratios, targets, tables and the points of the plot."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import plot
from benchmarks.results import Results
from benchmarks.tables import describe, fill, make_tables
from benchmarks.targets import CURVE, PLAIN, TARGETS
from benchmarks.workloads import MEMBERS, WORKLOADS

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "benchmarks" / "results" / "published.json"
DOCUMENT = ROOT / "docs" / "performance.md"
MIDDLE = "fanout-100-100-32"


@pytest.fixture
def results() -> Results:
    made = Results(
        {"cores": "2"}, {"rounds": 3, "seconds": 1}, {"chat-broker": "1"}, {"redis": "not installed"}
    )
    for ours, theirs in ((30.0, 10.0), (10.0, 4.0), (60.0, 10.0)):
        made.add(MIDDLE, "chat-broker", {"deliveries": ours, "cpu": 1.0})
        made.add(MIDDLE, "ngircd", {"deliveries": theirs, "cpu": 2.0})
    made.fail(MIDDLE, "inspircd", "it ended")
    return made


def test_the_median_and_the_spread_are_of_the_rounds(results: Results) -> None:
    assert results.median(MIDDLE, "chat-broker", "deliveries") == 30
    assert results.spread(MIDDLE, "chat-broker", "deliveries") == (10, 60)
    assert results.median(MIDDLE, "redis", "deliveries") is None
    assert results.spread(MIDDLE, "redis", "deliveries") is None


def test_a_ratio_compares_rounds_that_ran_one_after_the_other(results: Results) -> None:
    assert results.ratio(MIDDLE, "chat-broker", "ngircd", "deliveries") == 3
    assert results.ratio(MIDDLE, "chat-broker", "redis", "deliveries") is None


def test_what_is_written_can_be_read(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "new" / "one.json")
    assert Results.read(tmp_path / "new" / "one.json") == results


def test_a_target_is_reached_or_not_or_not_measured(results: Results) -> None:
    found = {target.what: target.judge(results).reached for target in TARGETS}
    assert found["fan-out, memory: ngircd's deliveries/s"] is True
    assert found["fan-out, memory: CPU per delivery, ngircd's"] is True
    assert found["fan-out, memory: redis pub/sub's"] is None
    for _ in range(4):
        results.add(MIDDLE, "ngircd", {"deliveries": 100.0, "cpu": 0.1})
        results.add(MIDDLE, "chat-broker", {"deliveries": 100.0, "cpu": 1.0})
    assert TARGETS[0].judge(results).reached is False
    assert TARGETS[3].judge(results).reached is False


def test_the_worst_cost_is_compared_with_the_best(results: Results) -> None:
    evenness = next(target for target in TARGETS if target.what.startswith("rooms of 10"))
    assert evenness.judge(results).reached is None
    results.add("fanout-10-100-32", "chat-broker", {"cpu": 1.2})
    results.add("fanout-1000-100-32", "chat-broker", {"cpu": 0.6})
    verdict = evenness.judge(results)
    assert (verdict.found, verdict.reached) == ("2×", False)


def test_who_is_left_out_is_named_with_the_reason(results: Results) -> None:
    tables = make_tables(results)
    assert "| redis | left out | not installed |" in tables["peers"]
    assert "- inspircd: it ended" in tables["workloads"]
    assert "- redis: left out; not installed" in tables["workloads"]


def test_a_table_has_each_peers_median_spread_and_ratio(results: Results) -> None:
    assert "| ngircd | 10 | 4 to 10 | 3.00× |" in make_tables(results)["workloads"]


def test_curve_is_compared_with_plain_by_the_same_clients(results: Results) -> None:
    workload = "curve-fanout-100"
    results.missing["chat-broker, CURVE"] = "not asked for"
    results.add(workload, PLAIN, {"deliveries": 30.0, "cpu": 1.0})
    results.add(workload, CURVE, {"deliveries": 20.0, "cpu": 1.5})
    whole = make_tables(results)["workloads"]
    table = whole[whole.index(f"**`{workload}`**") :]
    assert "| plain to it |" in table
    assert "| chat-broker, CURVE | 20 | 20 to 20 | 1.50× |" in table
    assert "redis: left out" not in table
    assert "chat-broker, CURVE: left out" in table
    assert "chat-broker, CURVE: left out" not in whole.removesuffix(table)
    found = {target.what: target.judge(results) for target in TARGETS}
    assert found["fan-out with CURVE: CPU per delivery, of plain"].found == "1.5×"


def test_tables_go_between_their_markers() -> None:
    document = "a\n<!-- benchmark x -->\nold\n<!-- end -->\nb\n"
    once = fill(document, {"x": "new"})
    assert once == "a\n<!-- benchmark x -->\n\nnew\n\n<!-- end -->\nb\n"
    assert fill(once, {"x": "new"}) == once
    with pytest.raises(ValueError, match="0 markers for the table 'y'"):
        fill(document, {"y": "new"})


def test_every_workload_is_described_differently() -> None:
    assert len({describe(workload) for workload in WORKLOADS.values()}) == len(WORKLOADS)


def test_the_plot_has_each_peers_points_along_an_axis(results: Results) -> None:
    axis = [(members, f"fanout-{members}-100-32") for members in MEMBERS]
    assert plot.collect(results, axis, "cpu") == {"chat-broker": [(100, 1.0)], "ngircd": [(100, 2.0)]}


def test_the_tables_in_the_documents_are_made_of_the_published_results() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert fill(document, make_tables(Results.read(PUBLISHED))) == document
