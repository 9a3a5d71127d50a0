"""The contract for other programs: JSON Schema and AsyncAPI, made from the document types.

`python -m messages.schema` prints the AsyncAPI document, which is docs/asyncapi.json.
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
from messages.operations import REPLIES
from messages.replies import AnyReply, Error
from messages.requests import AnyRequest
from messages.version import PROTOCOL, __version__

_Object = dict[str, Any]

_REQUESTS: tuple[type[msgspec.Struct], ...] = AnyRequest.__args__
_REPLIES: tuple[type[msgspec.Struct], ...] = AnyReply.__args__
_EVENTS: tuple[type[msgspec.Struct], ...] = AnyEvent.__args__
_DOCUMENTS = _REQUESTS + _REPLIES + _EVENTS

_CHANNEL = "#/channels/connection"
_SCHEMA_FORMAT = "application/schema+json;version=draft-07"
_SOCKETS = "ZeroMQ: the broker binds a ROUTER, each client connects a DEALER."
_CURVE = (
    "ZeroMQ's CURVE mechanism (https://rfc.zeromq.org/spec/26/). The client makes a key pair once and keeps "
    "it: its public key tells the broker which user it is. It sets ZMQ_CURVE_PUBLICKEY and "
    "ZMQ_CURVE_SECRETKEY to this pair, and ZMQ_CURVE_SERVERKEY to the broker's public key. The operator "
    "gives people that key in an address, chat://HOST:PORT?key=KEY, perhaps with &invite=TOKEN after it. KEY "
    "is the 32 bytes in base64url without padding, 43 characters. The client connects to tcp://HOST:PORT, "
    "keeps the key of that endpoint, and refuses another one."
)


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
    """Return the AsyncAPI 3.0 document of the broker: it receives requests, it sends replies and events.

    Schemas are named as JSON Schema draft-07, the one draft that AsyncAPI's tools read. They use nothing that
    2020-12 reads otherwise.
    """
    return {
        "asyncapi": "3.0.0",
        "id": "urn:chat-broker",
        "info": {
            "title": "Chat broker",
            "version": __version__,
            "description": f"Wire protocol {PROTOCOL} as the broker sees it: it receives what clients send.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
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
            "securitySchemes": {"curve": {"type": "asymmetricEncryption", "description": _CURVE}},
        },
    }


def asyncapi_json() -> str:
    """Return the AsyncAPI document as indented JSON, with a line end after it."""
    return msgspec.json.format(msgspec.json.encode(asyncapi())).decode() + "\n"


def _definitions(reference: str) -> _Object:
    """Return the schema of each document, and of its parts, by the type's name."""
    _, definitions = msgspec.json.schema_components(_DOCUMENTS, ref_template=reference)
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])
        for field in definition.get("properties", {}).values():
            field.get("items", {}).pop("discriminator", None)  # OpenAPI's word, not JSON Schema's
    codes = definitions[ErrorCode.__name__]
    del codes["enum"]
    codes["type"] = "string"
    codes["oneOf"] = [{"const": code.value, "description": code.sentence} for code in ErrorCode]
    plain: _Object = msgspec.json.decode(msgspec.json.encode(definitions))  # tuples become lists
    return plain


def _servers() -> _Object:
    """Return the three kinds of endpoints that a broker can have."""
    transport, _, host = DEFAULT_ENDPOINT.partition("://")
    return {
        "loopback": {
            "host": host,
            "protocol": transport,
            "description": f"{_SOCKETS} The mechanism is NULL, but CURVE if the broker has `--curve`.",
        },
        "ipc": {
            "host": "{path}",
            "protocol": "ipc",
            "description": f"{_SOCKETS} The mechanism is NULL: who may open the file may connect.",
            "variables": {"path": {"description": "the path of the broker's socket on this machine"}},
        },
        "network": {
            "host": "{host}:{port}",
            "protocol": "tcp",
            "description": f"{_SOCKETS} The mechanism is CURVE, but NULL if the broker has `--insecure`.",
            "variables": {
                "host": {"description": "the name or address of the broker's machine"},
                "port": {"description": "the port", "default": host.rpartition(":")[2]},
            },
            "security": [{"$ref": "#/components/securitySchemes/curve"}],
        },
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
    """Return one operation for each request, with its replies, for each event, and for unreadable input."""
    requests = {
        _tag(kind): {
            **_operation("receive", kind),
            "reply": {"channel": {"$ref": _CHANNEL}, "messages": _on_channel((*replies, Error))},
        }
        for kind, replies in REPLIES.items()
    }
    unreadable = {
        **_operation("send", Error),
        "summary": "The broker refuses a frame or a line in which it finds no request. `re` is null.",
    }
    return {
        **requests,
        **{_tag(kind): _operation("send", kind) for kind in _EVENTS},
        "unreadable": unreadable,
    }


def _operation(action: str, kind: type[msgspec.Struct]) -> _Object:
    return {
        "action": action,
        "channel": {"$ref": _CHANNEL},
        "summary": _summary(kind),
        "messages": _on_channel((kind,)),
    }


def _on_channel(kinds: tuple[type[msgspec.Struct], ...]) -> list[_Object]:
    return [{"$ref": f"{_CHANNEL}/messages/{_tag(kind)}"} for kind in kinds]


def _message(kind: type[msgspec.Struct], correlation: str = "") -> _Object:
    message = {
        "name": _tag(kind),
        "title": kind.__name__,
        "summary": _summary(kind),
        "payload": {
            "schemaFormat": _SCHEMA_FORMAT,
            "schema": {"$ref": f"#/components/schemas/{kind.__name__}"},
        },
    }
    if kind is Error:
        message["x-retryable"] = [code.value for code in ErrorCode if code.retryable]
    if correlation:
        message["correlationId"] = {"$ref": f"#/components/correlationIds/{correlation}"}
    return message


def _summary(kind: type[msgspec.Struct]) -> str:
    return cleandoc(kind.__doc__ or "").partition("\n")[0]


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


if __name__ == "__main__":
    sys.stdout.write(asyncapi_json())
