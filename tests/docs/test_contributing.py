"""CONTRIBUTING.md names places that exist, and its example is written as the project's own commands are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from docs.fenced import blocks

ROOT = Path(__file__).parents[2]
EXAMPLES = blocks("CONTRIBUTING.md", "python")
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`([a-z]+/[a-z_/.-]+)`", TEXT))))
def test_each_place_that_it_names_is_there(place: str) -> None:
    assert (ROOT / place).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE))))
def test_each_target_of_make_that_it_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_what_a_command_may_declare_is_what_the_registry_knows() -> None:
    registry = (ROOT / "broker/core/registry.py").read_text("utf-8")
    rows = re.findall(r"^   \| .+ \| (.+) \|$", TEXT, re.MULTILINE)[2:]
    declared = {name for row in rows for name in re.findall(r"`(\w+)(?:=|`)", row)}
    assert declared >= {"login", "conversation", "role", "cap"}
    assert all(re.search(rf"^    {name}: ", registry, re.MULTILINE) for name in declared)


def test_its_handlers_use_each_argument_that_they_name() -> None:
    code = "\n".join(block.body for block in EXAMPLES if not block.body.startswith("case "))
    assert code.count("def ") == 2
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "ARG", "-"]
    done = subprocess.run(ruff, input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
