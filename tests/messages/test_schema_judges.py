"""The published schema takes what the broker takes, and refuses what it refuses for one field's sake."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from minimal_requests import MINIMAL
from published import asyncapi_once, fits, schema_once, whole

from messages.codec import decode_request
from messages.errors import ProtocolError
from messages.limits import MAX_NAME
from messages.names import MAX_DECOMPOSED
from messages.requests import AnyRequest

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 1.0, 1.5, 2**53, 10**30, "", " ", "\0", "x", "a b", "x" * 33, "x" * 70_000,
    "1.5", "#", "#a/b", "@1", "@bob~0", "1bob", "bob~01", "SHA256:short", "10.0.0.0/8", "::1", "line\nbreak",
    "tab\t", [], [1], {}, {"a": 1},
)  # fmt: skip
FIELDS = [
    (kind.__struct_config__.tag, field) for kind in AnyRequest.__args__ for field in kind.__struct_fields__
]
KEYWORDS = {
    "$defs", "$ref", "$schema", "anyOf", "const", "contentEncoding", "default", "description", "enum",
    "items", "maxItems", "maxLength", "maximum", "minLength", "minimum", "oneOf", "pattern",
    "properties", "required", "title", "type",
}  # fmt: skip
BEYOND = [
    ("send", "text", " "),
    ("edit", "text", " "),
    ("upload", "name", " "),
    ("search", "words", ""),
    ("search", "words", " "),
    *((kind, field, None) for kind in ("ban", "unban") for field in ("name", "key", "address")),
]
"""Requests that the broker refuses by rules that the schema does not state."""


def is_beyond(kind: str, field: str, value: object) -> bool:
    """Whether a value can be refused by the broker alone.

    1.0 is an integer for JSON Schema, but not on the wire. A name may be short enough when it is composed.
    """
    if isinstance(value, float):
        return value == 1
    long_name = isinstance(value, str) and MAX_NAME < len(value) <= MAX_NAME * MAX_DECOMPOSED
    return long_name or (kind, field, value) in BEYOND


def request(kind: str, field: str, value: object) -> dict[str, Any]:
    """Return the minimal request of a type with a value in one field."""
    minimal = {} if kind in ("ban", "unban") and field in ("key", "address") else MINIMAL[kind]
    return {"type": kind, "id": "1", **minimal, field: value}


def taken(document: dict[str, Any]) -> bool:
    try:
        decode_request(msgspec.json.encode(document))
    except ProtocolError:
        return False
    return True


def keywords(schema: Any) -> Iterator[str]:
    """Yield the keywords of a schema and of the schemas in it."""
    if isinstance(schema, list):
        for one in schema:
            yield from keywords(one)
    elif isinstance(schema, dict):
        yield from schema
        for keyword, value in schema.items():
            if keyword in ("properties", "$defs"):
                yield from keywords(list(value.values()))
            elif keyword not in ("default", "const", "enum"):
                yield from keywords(value)


def test_the_schemas_are_valid_in_their_drafts() -> None:
    Draft202012Validator.check_schema(schema_once())
    for schema in asyncapi_once()["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)


def test_the_schemas_have_only_keywords_that_both_drafts_define() -> None:
    assert set(keywords(schema_once())) == KEYWORDS
    assert set(keywords(list(asyncapi_once()["components"]["schemas"].values()))) <= KEYWORDS - {
        "$defs",
        "$schema",
    }


@pytest.mark.parametrize("kind", MINIMAL)
def test_the_minimal_request_fits_its_type_and_no_other(kind: str) -> None:
    document = {"type": kind, "id": "1", **MINIMAL[kind]}
    assert fits(document)
    assert whole().is_valid(document)
    assert not whole().is_valid({**document, "type": "sing"})


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_value_of_a_field_fits_if_and_only_if_the_broker_takes_it(kind: str, field: str) -> None:
    refused = 0
    for value in VALUES:
        document = request(kind, field, value)
        if taken(document):
            assert fits(document)
        elif not is_beyond(kind, field, value):
            refused += 1
            assert not fits(document)
    assert refused


@pytest.mark.parametrize(("kind", "field", "value"), BEYOND)
def test_a_rule_about_several_fields_or_blanks_is_the_brokers_alone(
    kind: str, field: str, value: object
) -> None:
    document = request(kind, field, value)
    assert fits(document)
    assert not taken(document)


@pytest.mark.parametrize("name", ["e\u0301" * 32, "\u1f82" * 32, "\u03b1\u0313\u0300\u0345" * 32])
def test_a_name_that_is_short_enough_only_when_composed_fits(name: str) -> None:
    document = {"type": "nick", "id": "1", "name": name}
    assert fits(document)
    assert taken(document)
