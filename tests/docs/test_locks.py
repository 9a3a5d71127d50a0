"""The locks in requirements hold what pyproject.toml asks for, with hashes, and are what is installed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
EXTRAS = [one for extra in ("metrics", "tui") for one in PROJECT["optional-dependencies"][extra]]
LOCKS = {path.stem: path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.lock")}
WANTED = {
    "run": [*PROJECT["dependencies"], *EXTRAS],
    "build": PYPROJECT["build-system"]["requires"],
    "dev": [*PROJECT["dependencies"], *EXTRAS, *GROUPS["dev"]],
    "docs": GROUPS["docs"],
}


def entries(lock: str) -> list[tuple[Requirement, set[str]]]:
    """Return what a lock pins, each with its hashes."""
    lines = re.sub(r"\\\n\s*", "", LOCKS[lock]).splitlines()
    found = (line.partition(" --hash=") for line in lines if not line.startswith("#"))
    return [(Requirement(pin), set(f"{mark}{hashes}".split())) for pin, mark, hashes in found]


def versions(lock: str) -> dict[str, Version]:
    """Return the one version of each package that a lock names."""
    pins = [(canonicalize_name(pin.name), str(pin.specifier)) for pin, _ in entries(lock)]
    assert all(re.fullmatch(r"==[^,*]+", pin) for _, pin in pins)
    assert len(dict(pins)) == len(pins)
    return {name: Version(pin.removeprefix("==")) for name, pin in pins}


def test_there_is_a_lock_for_each_purpose() -> None:
    assert LOCKS.keys() == WANTED.keys()


@pytest.mark.parametrize(
    ("lock", "wanted"), [(lock, wanted) for lock, all_wanted in WANTED.items() for wanted in all_wanted]
)
def test_a_lock_satisfies_what_the_project_asks_for(lock: str, wanted: str) -> None:
    requirement = Requirement(wanted)
    assert versions(lock)[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("lock", WANTED)
def test_each_pin_has_hashes_and_no_lock_names_an_index(lock: str) -> None:
    for pin, hashes in entries(lock):
        assert hashes, pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", value) for value in hashes)
    assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted-host", LOCKS[lock])


@pytest.mark.parametrize("lock", ["run", "build", "docs"])
def test_a_package_has_one_version_in_all_locks(lock: str) -> None:
    tested = versions("dev")
    shared = {name: version for name, version in versions(lock).items() if name in tested}
    assert shared == {name: tested[name] for name in shared}
    assert shared


@pytest.mark.parametrize("lock", ["run", "build"])
def test_what_is_shipped_and_what_builds_it_is_what_the_tests_ran_with(lock: str) -> None:
    assert versions(lock).keys() <= versions("dev").keys()


def test_the_group_that_locks_the_build_is_what_the_build_asks_for() -> None:
    assert GROUPS["build"] == PYPROJECT["build-system"]["requires"]


@pytest.mark.parametrize(
    ("file", "locks", "unlocked"),
    [("Makefile", {"dev", "docs"}, {"bench", "lock"}), ("packaging/Containerfile", {"run", "build"}, set())],
)
def test_only_what_measures_and_what_locks_is_installed_without_a_lock(
    file: str, locks: set[str], unlocked: set[str]
) -> None:
    text = re.sub(r"\\\n\s*", "", (ROOT / file).read_text("utf-8"))
    commands = [
        command for line in text.splitlines() for command in line.split("&&") if "install " in command
    ]
    locked = [command for command in commands if "--require-hashes" in command]
    assert {lock for lock in WANTED if f"requirements/{lock}.lock" in text} >= locks
    assert len(locked) == len(locks)
    assert set(re.findall(r"subst GROUP,(\w+),", text)) == unlocked
    others = [command for command in commands if "pip" in command and "--require-hashes" not in command]
    assert sum("--no-deps" not in command for command in others) == len(unlocked)
