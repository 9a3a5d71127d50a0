"""Documents judged by the published JSON Schema, as a strict validator of another program does it."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator

from messages.schema import asyncapi, json_schema

Validator = Draft7Validator | Draft202012Validator


@cache
def schema_once() -> dict[str, Any]:
    """Return the JSON Schema, which takes long to make. It is one object for all: change nothing in it."""
    return json_schema()


@cache
def asyncapi_once() -> dict[str, Any]:
    """Return the AsyncAPI document in the same way."""
    return asyncapi()


@cache
def whole() -> Draft202012Validator:
    """Return the validator of documents of any type."""
    return Draft202012Validator(schema_once())


@cache
def validators(tag: str) -> tuple[Validator, Validator]:
    """Return the validators of one type of document: 2020-12 for the JSON Schema, draft-07 for AsyncAPI."""
    components = asyncapi_once()["components"]
    payload = components["messages"][tag]["payload"]["schema"]
    definitions = schema_once()["$defs"]
    (name,) = (name for name in definitions if payload == {"$ref": f"#/components/schemas/{name}"})
    return (
        Draft202012Validator({"$defs": definitions, "$ref": f"#/$defs/{name}"}),
        Draft7Validator({"components": components, "allOf": [payload]}),
    )


def fits(document: Any) -> bool:
    """Whether the schemas take a document. Both must judge it equally."""
    newest, oldest = (validator.is_valid(document) for validator in validators(document["type"]))
    assert newest == oldest, document
    return newest


def assert_fits(document: Any) -> None:
    """Raise an error that names the fault if the schemas refuse a document."""
    for validator in validators(document["type"]):
        validator.validate(document)
