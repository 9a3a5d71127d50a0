"""The command, as it is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.results import Results

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_quick_run_writes_results_and_names_who_is_left_out(tmp_path: Path) -> None:
    selection = ["--workloads", "fanout-10-100-8", "--peers", "chat-broker", "ngircd", "redis"]
    done = run("--quick", *selection, "--output", str(tmp_path), PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "ngircd is left out: ngircd is not installed" in done.stdout
    assert "| redis | left out | redis-server is not installed |" in done.stdout
    results = Results.read(tmp_path / "latest.json")
    assert set(results.rounds["fanout-10-100-8"]) == {"chat-broker"}
    assert set(results.missing) == {"ngircd", "redis"}
    assert "reached" not in done.stdout.replace("no target is reached or missed", "")
    again = run("--render", str(tmp_path / "latest.json"), "--output", str(tmp_path))
    assert "fan-out: a room of 10, 4 senders, 100 bytes, 8 in flight each" in again.stdout


def test_a_workload_for_none_of_the_chosen_servers_is_said_to_be_so(tmp_path: Path) -> None:
    done = run("--quick", "--workloads", "curve-storm", "--peers", "chat-broker", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "none of the chosen servers takes part" in done.stdout


def test_a_quick_run_says_how_few_users_it_had(tmp_path: Path) -> None:
    done = run(
        "--quick", "--workloads", "fanout-100-100-8", "--peers", "chat-broker", "--output", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert "a room of 20, 4 senders" in done.stdout


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the sentence with which these arguments are refused."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"medians": {}}', '{"medians": {}, "more": 1}'])
def test_what_holds_no_results_is_refused_in_a_sentence(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "latest.json"
    if content is not None:
        path.write_text(content)
    assert str(path) in refused(capsys, "--render", str(path), "--output", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workloads", "dance"], "no workload begins with 'dance'"),
        (["--peers", "nobody"], "invalid choice: 'nobody'"),
        (["--rounds", "0"], "rounds and checked must be at least 1"),
        (["--quick", "--publish"], "the figures of a quick run are not worth publishing"),
    ],
)
def test_a_wrong_selection_is_refused_in_a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refused(capsys, *arguments)


def test_every_module_is_among_the_parts() -> None:
    _, _, parts = (ROOT / "benchmarks" / "README.md").read_text("utf-8").partition("\n## The parts\n")
    modules = {path.name for path in (ROOT / "benchmarks").glob("*.py")} - {"__init__.py"}
    assert set(re.findall(r"`(\w+\.py)`", parts)) == modules
