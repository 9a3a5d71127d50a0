"""For each request, by its type, the fields that it must have besides `type` and `id`."""

from messages.requests import AnyRequest, Request

_VALUES: dict[str, object] = {
    "protocol": 1,
    "name": "alice",
    "to": "#lobby",
    "text": "hello",
    "conversation": "@bob",
    "seq": 7,
    "on": False,
    "reaction": "👍",
    "room": "#tea",
    "hand": "rock",
    "size": 3,
    "hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "upload": "AAAAAAAA",
    "offset": 0,
    "data": "YWJj",
    "words": "lunch",
    "key": "SHA256:12345678",
    "invite": "AAAAAAAA",
    "role": "operator",
    "session": 1,
}
"""A value for each field that a request must have."""

_ONE_OF_SEVERAL = {"ban": ("name",), "unban": ("name",)}
"""Fields that have a default, although the request is not complete without one of them."""


def _minimal(kind: type[Request]) -> dict[str, object]:
    needed = _ONE_OF_SEVERAL.get(str(kind.__struct_config__.tag), ())
    own = kind.__struct_fields__[1:]
    required = own[: len(own) - len(kind.__struct_defaults__)]
    return {name: _VALUES[name] for name in own if name in required or name in needed}


MINIMAL = {str(kind.__struct_config__.tag): _minimal(kind) for kind in AnyRequest.__args__}
