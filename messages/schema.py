"""The contract for other programs: JSON Schema and AsyncAPI, made out of the document types.

`python -m messages.schema` prints the AsyncAPI document, and docs/asyncapi.json keeps what it prints.
"""

from __future__ import annotations

import sys
from inspect import cleandoc
from typing import Any

import msgspec

from messages.endpoints import DEFAULT_ENDPOINT
from messages.errors import ErrorCode
from messages.events import AnyEvent
from messages.limits import MAX_BROKER_DOCUMENTS, MAX_BROKER_FRAME, MAX_REQUEST_DOCUMENTS, MAX_REQUEST_FRAME
from messages.replies import AnyReply
from messages.requests import AnyRequest
from messages.version import PROTOCOL, __version__

_Object = dict[str, Any]

_REQUESTS: tuple[type[msgspec.Struct], ...] = AnyRequest.__args__
_REPLIES: tuple[type[msgspec.Struct], ...] = AnyReply.__args__
_EVENTS: tuple[type[msgspec.Struct], ...] = AnyEvent.__args__
_DOCUMENTS = _REQUESTS + _REPLIES + _EVENTS

_CHANNEL = "#/channels/connection"


def json_schema() -> _Object:
    """Return the JSON Schema (2020-12) of any one document; `$defs` has each type by its name."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Document",
        "description": "One JSON object of the chat's wire protocol. Fields that are not listed are ignored.",
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in _DOCUMENTS],
        "$defs": _definitions("#/$defs/{name}"),
    }


def asyncapi() -> _Object:
    """Return the AsyncAPI 3.0 document of the broker: it receives requests, it sends replies and events."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chat broker",
            "version": __version__,
            "description": f"Wire protocol {PROTOCOL} as the broker sees it: it receives what clients send.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _server()},
        "channels": {"connection": _connection()},
        "operations": _operations(),
        "components": {
            "messages": {
                **{_tag(kind): _message(kind, "request") for kind in _REQUESTS},
                **{_tag(kind): _message(kind, "reply") for kind in _REPLIES},
                **{_tag(kind): _message(kind) for kind in _EVENTS},
            },
            "correlationIds": {
                "request": {"description": "chosen by the client", "location": "$message.payload#/id"},
                "reply": {"description": "the id of the request", "location": "$message.payload#/re"},
            },
            "schemas": _definitions("#/components/schemas/{name}"),
        },
    }


def asyncapi_json() -> str:
    """Return the AsyncAPI document as indented JSON, with a line end after it."""
    return msgspec.json.format(msgspec.json.encode(asyncapi())).decode() + "\n"


def _definitions(reference: str) -> _Object:
    """Return the schema of each document, and of what they are made of, by the type's name."""
    _, definitions = msgspec.json.schema_components(_DOCUMENTS, ref_template=reference)
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])
    codes = definitions[ErrorCode.__name__]
    del codes["enum"]
    codes["type"] = "string"
    codes["oneOf"] = [
        {"const": code.value, "description": code.sentence, "x-retryable": code.retryable}
        for code in ErrorCode
    ]
    return definitions


def _server() -> _Object:
    transport, _, host = DEFAULT_ENDPOINT.partition("://")
    return {
        "host": host,
        "protocol": transport,
        "description": "ZeroMQ: the broker binds a ROUTER, each client connects a DEALER.",
    }


def _connection() -> _Object:
    return {
        "address": None,
        "title": "The connection of one client",
        "description": (
            "A ZeroMQ message has one frame: UTF-8 JSON Lines, that is documents with a line feed between "
            f"them. A client's frame has at most {MAX_REQUEST_DOCUMENTS} and {MAX_REQUEST_FRAME:,} bytes, "
            f"the broker's at most {MAX_BROKER_DOCUMENTS} and {MAX_BROKER_FRAME:,}."
        ),
        "messages": {_tag(kind): {"$ref": f"#/components/messages/{_tag(kind)}"} for kind in _DOCUMENTS},
    }


def _operations() -> _Object:
    channel = {"$ref": _CHANNEL}
    return {
        "request": {
            "action": "receive",
            "title": "A client sends a request, the broker sends the one reply to it",
            "channel": channel,
            "messages": _on_channel(_REQUESTS),
            "reply": {"channel": channel, "messages": _on_channel(_REPLIES)},
        },
        "event": {
            "action": "send",
            "title": "The broker sends an event unasked",
            "channel": channel,
            "messages": _on_channel(_EVENTS),
        },
    }


def _on_channel(kinds: tuple[type[msgspec.Struct], ...]) -> list[_Object]:
    return [{"$ref": f"{_CHANNEL}/messages/{_tag(kind)}"} for kind in kinds]


def _message(kind: type[msgspec.Struct], correlation: str = "") -> _Object:
    message = {
        "name": _tag(kind),
        "title": kind.__name__,
        "summary": cleandoc(kind.__doc__ or "").partition("\n")[0],
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }
    if correlation:
        message["correlationId"] = {"$ref": f"#/components/correlationIds/{correlation}"}
    return message


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


if __name__ == "__main__":
    sys.stdout.write(asyncapi_json())
