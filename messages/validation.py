"""The sentences for lines that are no valid requests. A decoder's wording never reaches a person."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from messages.limits import MAX_FILES
from messages.requests import AnyRequest

NO_OBJECT = "a document is a JSON object; write it in { }"
_AT = re.compile(r" - at `\$\.(\w+)")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_BYTE = re.compile(r"\(byte (\d+)\)\Z")


_PLAIN: dict[type[msgspec.inspect.Type], str] = {
    msgspec.inspect.BoolType: "write true or false",
    msgspec.inspect.BytesType: "write bytes in base64",
    msgspec.inspect.ListType: "write a list in [ ]",
    msgspec.inspect.VarTupleType: f"write a list of texts, at most {MAX_FILES}",
}


def unreadable(error: Exception) -> str:
    """Return the sentence for input that is not JSON in UTF-8, with the first wrong byte, counted from 0."""
    found = _BYTE.search(str(error))
    where = f" at byte {found[1]}" if found else ""
    return f"this is not JSON in UTF-8{where}; send one JSON object a line"


def complaint(error: msgspec.ValidationError, tag: str | None) -> str:
    """Return the sentence for a request of type `tag` with a wrong field, or for a document without a type.

    A check's own sentence is returned as it is.
    """
    if isinstance(error.__cause__, ValueError):
        return str(error.__cause__)
    text = str(error)
    if missing := _MISSING.match(text):
        return f"`{missing[1]}` is missing; {_advice(tag, missing[1])}"
    if wrong := _AT.search(text):
        return f"`{wrong[1]}`: {_advice(tag, wrong[1])}"
    return NO_OBJECT


def _advice(tag: str | None, field: str) -> str:
    """Return what to write into a field."""
    return _advice_of_all().get((tag, field), "write a text in quotes")


def _wanted(kind: msgspec.inspect.Type) -> str:
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _wanted(inner)
        case msgspec.inspect.UnionType(types=kinds):
            return next(_wanted(one) for one in kinds if not isinstance(one, msgspec.inspect.NoneType))
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"write a whole number from {least:,} to {most:,}"
        case msgspec.inspect.EnumType(cls=values):
            *first, last = [str(value.value) for value in values]
            return f"write {', '.join(first)} or {last}"
    return _PLAIN.get(type(kind), "write a text in quotes")


@cache
def _advice_of_all() -> dict[tuple[str | None, str], str]:
    described = msgspec.inspect.multi_type_info(AnyRequest.__args__)
    return {
        (str(kind.cls.__struct_config__.tag), field.encode_name): _wanted(field.type)
        for kind in described
        if isinstance(kind, msgspec.inspect.StructType)
        for field in kind.fields
    }
