"""Runs the verbs of chat-broker in this process."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from click.testing import CliRunner

from broker.cli import main
from broker.core.facts.base import Fact
from broker.core.store import StoredFact


def run(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code and what was written on stdout and stderr."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def objects(*arguments: str) -> list[dict[str, Any]]:
    """Return the JSON objects that a verb writes."""
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def sentence(code: int, *arguments: str) -> str:
    """Return the one sentence on stderr with which a verb ends."""
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    return err.splitlines()[-1].removeprefix("chat-broker: ").removeprefix("Error: ")


def entry(fact: Fact) -> StoredFact:
    """Return the entry that stores a fact."""
    return StoredFact(fact.KIND, fact.key, msgspec.json.encode(fact))
