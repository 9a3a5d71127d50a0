"""Checks that docs/architecture.md, docs/adr/README.md and docs/security.md list what there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from docs.fenced import Block, blocks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DECISIONS = DOCS / "adr"
EXAMPLES = blocks("docs/architecture.md", "text diagram")
PATH = re.compile(r"\b(?:[a-z_]+/)+[a-z_]+(?:\.py)?\b")


def packages() -> dict[str, str]:
    """Return the first line of each package's docstring by the package's name."""
    paths = [path for root in ("messages", "broker", "client") for path in (ROOT / root).rglob("__init__.py")]
    docstrings = {path.parent: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "" for path in paths}
    return {
        ".".join(folder.relative_to(ROOT).parts): text.partition("\n")[0]
        for folder, text in docstrings.items()
    }


def test_every_package_is_listed_with_its_docstring() -> None:
    _, _, listed = (DOCS / "architecture.md").read_text("utf-8").partition("\n## Packages\n")
    assert dict(re.findall(r"^\| `([a-z_.]+)` \| (\S.*) \|$", listed, re.MULTILINE)) == packages()


@pytest.mark.parametrize("diagram", EXAMPLES, ids=str)
def test_every_module_in_a_diagram_exists(diagram: Block) -> None:
    for path in PATH.findall(diagram.body):
        places = [ROOT / package / path for package in (".", "broker", "client", "client/core")]
        assert any(place.exists() or place.with_suffix(".py").exists() for place in places), path


def attributes() -> set[tuple[str, str]]:
    """Return each class of the programs with each of its methods and attributes, by their names."""
    paths = [path for root in ("messages", "broker", "client") for path in (ROOT / root).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {(one.name, name) for one in classes for node in ast.walk(one) if (name := _defined(node))}


def _defined(node: ast.AST) -> str | None:
    """Return the name of the method or attribute that a part of a class defines, if it does."""
    match node:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
            return name
    return None


def test_every_method_that_the_architecture_names_exists() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"\b([A-Z][a-z]\w+)\.([a-z_]+)\b", text))
    assert {("Core", "commit"), ("Outbox", "send_all"), ("Intake", "take_waiting")} <= named
    assert named <= attributes()


def test_every_decision_is_listed_under_its_title() -> None:
    decisions = {path.name: path.read_text("utf-8") for path in DECISIONS.glob("[0-9]*.md")}
    titles = {name: text.partition("\n")[0].removeprefix("# ") for name, text in decisions.items()}
    listed = re.findall(
        r"^\| \[(\d+)\]\((\S+)\) \| (.+) \|$", (DECISIONS / "README.md").read_text("utf-8"), re.M
    )
    assert {name: f"{number}. {title}" for number, name, title in listed} == titles


def test_decisions_are_numbered_one_by_one_as_their_files_are() -> None:
    names = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    titles = [(DECISIONS / name).read_text("utf-8").partition(". ")[0] for name in names]
    assert [int(name[:4]) for name in names] == [*range(1, len(names) + 1)]
    assert titles == [f"# {number}" for number in range(1, len(names) + 1)]


def promises() -> list[str]:
    """Return the rows of the tables of what is promised, without their headings."""
    _, _, rest = (DOCS / "security.md").read_text("utf-8").partition("\n## What is promised\n")
    lines = rest.partition("\n## ")[0].splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith(("| promise", "| ---"))]


@pytest.mark.parametrize("row", promises(), ids=lambda row: row.split("|")[1].strip())
def test_a_promise_names_the_tests_that_prove_it(row: str) -> None:
    proof = row.strip("| ").rpartition(" | ")[2]
    tests = re.findall(r"\[[^\]]+\]\((\.\./tests/\S+/test_\w+\.py)\)", proof)
    assert tests
    for test in tests:
        assert "def test_" in (DOCS / test).read_text("utf-8")


def test_nothing_that_is_promised_is_only_planned() -> None:
    assert len(promises()) > 20
    assert not re.search(r"planned|not in this version", (DOCS / "security.md").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_decision_says_why_it_was_made_and_what_follows(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize(
    "path",
    [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "examples" / "README.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_to_other_files_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert link.startswith("https://") or (path.parent / link).exists(), link
