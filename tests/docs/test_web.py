"""docs/web.md has the options of `chat-web` and what page and gateway say, as they are in the code."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from client.web.cli import main
from client.web.entrance import Entered, NewUpload, Problem, SignIn, Uploaded
from client.web.protocol import asks, shown, tells
from client.web.protocol.base import Ask

DOCUMENT = (Path(__file__).parents[2] / "docs" / "web.md").read_text()
PARTS = [one for one in vars(shown).values() if isinstance(one, type) and one.__module__ == shown.__name__]


def table(kinds: list[type]) -> list[str]:
    """Return the rows of a table of these types: each with its fields and its description."""
    return [f"| {_title(kind)} | {_fields(kind)} | {_described(kind)} |" for kind in kinds]


def _title(kind: type) -> str:
    tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
    return f"`{tag or kind.__name__}`"


def _fields(kind: type) -> str:
    hints = get_type_hints(kind, include_extras=True)
    told = []
    for field in msgspec.structs.fields(kind):
        if field.name != "ref" or not issubclass(kind, Ask):
            optional = "" if field.required else "?"
            told.append(f"`{field.name}`{optional}: {_type(hints[field.name])}")
    return "; ".join(told) or "–"


def _type(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        meta = next((one for one in arguments[1:] if getattr(one, "description", None)), None)
        words = f" ({meta.description})" if meta is not None and len(meta.description) > 20 else ""
        return f"{_type(arguments[0])}{words}"
    if origin in (Union, types.UnionType):
        return " or ".join(_type(one) for one in arguments if one is not type(None))
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in arguments if one)
    if origin in (tuple, list):
        return f"list of {_type(arguments[0])}"
    plain = {str: "text", int: "number", bool: "true or false"}
    return plain.get(hint, f"`{hint.__name__}`")


def _described(kind: type) -> str:
    text = (kind.__doc__ or "").strip()
    return re.sub(r"\s+", " ", text)


def options() -> list[str]:
    rows = []
    for option in main.params:
        if not getattr(option, "hidden", False):
            words = " ".join(str(getattr(option, "help", "")).split())
            rows.append(f"| `{option.opts[-1]}` | {words[:1].lower()}{words[1:].rstrip('.')} |")
    return rows


ASKS = list(get_args(asks.AnyAsk))
TELLS = list(get_args(tells.AnyTell))
FORMS: list[type] = [SignIn, Entered, NewUpload, Uploaded, Problem]


@pytest.mark.parametrize("kinds", [ASKS, TELLS, PARTS, FORMS], ids=["asks", "tells", "parts", "forms"])
def test_every_document_is_listed_with_its_fields(kinds: list[type]) -> None:
    for row in table(kinds):
        assert row in DOCUMENT, row


def test_no_other_document_is_listed() -> None:
    listed = re.findall(r"^\| `([A-Za-z-]+)` \| [^|]*\| [^|]* \|$", DOCUMENT, re.MULTILINE)
    known = {_title(kind).strip("`") for kind in (*ASKS, *TELLS, *PARTS, *FORMS)}
    assert set(listed) <= known


def test_every_option_of_the_command_is_listed() -> None:
    for row in options():
        assert row in DOCUMENT, row


if __name__ == "__main__":  # prints the tables, to be put into the document
    for title, rows in (
        ("options", options()),
        *(
            (name, table(kinds))
            for name, kinds in (("asks", ASKS), ("tells", TELLS), ("parts", PARTS), ("forms", FORMS))
        ),
    ):
        print(f"@@{title}", *rows, sep="\n")
