"""The alert rules and the dashboard use metrics that the broker has, and docs/broker.md says more about them.

`make alerts` also lets promtool check the rules, and shows that each of them fires.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from docs.fenced import blocks
from log_entries import ENTRIES
from prometheus_client import CollectorRegistry

from broker.monitoring.families import Families
from broker.monitoring.meter import Meter
from broker.monitoring.places import surveys

ROOT = Path(__file__).parents[2]
EXAMPLES = blocks("docs/broker.md", "yaml prometheus")
RULES = yaml.safe_load((ROOT / "packaging" / "prometheus" / "alerts.yml").read_text("utf-8"))
FIRING = yaml.safe_load((ROOT / "tests" / "docs" / "alerts_test.yml").read_text("utf-8"))
DASHBOARD = json.loads((ROOT / "packaging" / "grafana" / "chat-broker.json").read_text("utf-8"))
BROKER = (ROOT / "docs" / "broker.md").read_text("utf-8")
CHAPTER = BROKER.partition("\n## Watching it\n")[2].partition("\n## ")[0]

ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
TARGETS = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
OF_PROMETHEUS = {"job", "instance"}
"""The labels that Prometheus adds itself."""

VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}
Labels = dict[str, set[str]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Labels]:
    """Return the labels with their values of each metric of a broker that stores and logs on disk."""
    place = tmp_path_factory.mktemp("data")
    for name in ("chat.db", "log"):
        (place / name).touch()
    looks = surveys(place, lambda: place / "log")
    for survey in looks:
        survey.look()
    registry = CollectorRegistry()
    registry.register(Families(Meter(), looks, int))
    found: dict[str, Labels] = {"up": {}}
    for metric in registry.collect():
        for sample in metric.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def parsed(expression: str) -> promql_parser.Expr:
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return promql_parser.parse(expression)


def parts(expression: str) -> Iterator[Any]:
    """Yield all parts of an expression."""
    found: list[Any] = []
    promql_parser.walk(parsed(expression), found.append)
    yield from found


def check(expression: str, served: dict[str, Labels], text: str = "") -> None:
    """Check that a broker has each metric of an expression, and each label of it and of a text."""
    known = set(OF_PROMETHEUS)
    used = set(re.findall(r"\$labels\.(\w+)", text)) | set(re.findall(r"\{\{(\w+)\}\}", text))
    for part in parts(expression):
        if isinstance(part, promql_parser.VectorSelector):
            assert part.name in served, part.name
            labels = served[part.name]
            known |= labels.keys()
            for matcher in part.matchers.matchers:
                assert matcher.name in labels.keys() | OF_PROMETHEUS, (part.name, matcher.name)
                if matcher.name in labels and matcher.op == promql_parser.MatchOp.Equal:
                    assert matcher.value in labels[matcher.name]
        elif isinstance(part, promql_parser.Call) and part.func.name in ("rate", "increase"):
            assert re.search(r"_(total|bucket|sum|count)\b", part.prettify()), "only counters have a rate"
        elif isinstance(part, promql_parser.AggregateExpr | promql_parser.BinaryExpr) and part.modifier:
            used |= set(getattr(part.modifier, "labels", None) or ())
    assert used <= known


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_uses_what_the_broker_serves_and_says_what_to_do(
    alert: dict[str, Any], served: dict[str, Labels]
) -> None:
    notes = alert["annotations"]
    check(alert["expr"], served, " ".join(notes.values()))
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert notes.keys() == {"summary", "description", "runbook"}
    for sentence in (notes["summary"], notes["description"]):
        assert re.fullmatch(r"[A-Z{][^.]*[^.\s](?:\.[^.\s][^.]*)*\.", sentence), "one sentence"
    page, _, anchor = notes["runbook"].partition("#")
    assert page == "docs/broker.md"
    assert anchor in anchors()


def anchors() -> dict[str, str]:
    """Return the sections of the chapter with their anchors."""
    sections = re.split(r"^#{3,4} (.+)$", CHAPTER, flags=re.MULTILINE)[1:]
    heads, texts = sections[::2], sections[1::2]
    return {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-"): text
        for head, text in zip(heads, texts, strict=True)
    }


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_the_section_that_an_alert_names_is_about_it(alert: dict[str, Any]) -> None:
    anchor = alert["annotations"]["runbook"].partition("#")[2]
    assert f"`{alert['alert']}`" in anchors()[anchor]


def test_no_other_alert_is_documented_and_each_is_tested_to_fire() -> None:
    names = [alert["alert"] for alert in ALERTS]
    assert sorted(re.findall(r"`(ChatBroker\w+)`", CHAPTER)) == sorted(names)
    wrong = FIRING["tests"][-1]["promql_expr_test"][-1]
    fired = [re.findall(r'"(\w+)"', sample["labels"])[0] for sample in wrong["exp_samples"]]
    assert sorted(fired) == sorted(names)


@pytest.mark.parametrize(("title", "target"), TARGETS, ids=[title for title, _ in TARGETS])
def test_a_panel_shows_what_the_broker_serves(
    title: str, target: dict[str, str], served: dict[str, Labels]
) -> None:
    check(target["expr"], served, target["legendFormat"])


def test_the_dashboard_is_well_formed() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "instance"}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD))) == {
        "datasource",
        "instance",
        "__rate_interval",
    }


def test_each_metric_is_documented_and_on_the_dashboard_or_in_an_alert(served: dict[str, Labels]) -> None:
    families = {re.sub(r"_(?:bucket|sum|count|created)$", "", name) for name in served} - {"up"}
    table = CHAPTER.partition("| metric")[2].partition("\n\n")[0]
    heads = " ".join(row.split("|")[1] for row in table.splitlines()[2:])
    documented = set(re.findall(r"`([a-z_]+)(?:\{\w+\})?`", heads))
    assert documented == {name.removeprefix("chat_broker_") for name in families}
    expressions = " ".join([alert["expr"] for alert in ALERTS] + [target["expr"] for _, target in TARGETS])
    assert not {name for name in families if name not in expressions}


def test_the_labels_of_metrics_are_documented(served: dict[str, Labels]) -> None:
    pairs = [(name.removeprefix("chat_broker_"), label) for name in served for label in served[name]]
    assert all(f"`{name}{{{label}}}`" in CHAPTER for name, label in pairs if label != "le")


def test_the_lines_of_the_log_that_are_explained_are_logged() -> None:
    table = CHAPTER.partition("| line | meaning |")[2].partition("\n\n")[0]
    lines = re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)
    shown = [line for _, line in ENTRIES.values()]
    shown.append("nothing is reloaded: rate: 0 is not in the range")
    assert len(lines) > 5
    for line in lines:
        pattern = re.escape(line).replace("…", ".+")
        assert any(re.fullmatch(pattern, one) for one in shown), line


def test_the_example_of_a_configuration_names_the_job_and_the_rules() -> None:
    (block,) = EXAMPLES
    example = yaml.safe_load(block.body)
    assert example["rule_files"] == ["alerts.yml"]
    (scraped,) = example["scrape_configs"]
    jobs = {job for alert in ALERTS for job in re.findall(r'job="([^"]+)"', alert["expr"])}
    assert jobs == {scraped["job_name"]}
