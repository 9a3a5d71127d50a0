"""Random documents for a broker's core: often ones that mean something, and the same for one seed."""

from __future__ import annotations

from random import Random

from wired import Client

from messages.codec import decode_request, encode
from messages.errors import ProtocolError
from messages.requests import AnyRequest, Request

NAMES = ("alice", "Alice~2", "bob", "carol", "#", "a" * 32, "é", "e\u0301", "\u202ex", "аlice", "", "0")
PLACES = ("#lobby", "#a", "#" + "x" * 64, "@bob", "@alice", "@nobody", "#nowhere", "@", "#\ud800", "lobby")
VALUES = (None, True, -1, 0, 1, 2**53 - 1, 2**53, 10**30, 1.5, "", " ", "x", "\x1b]0;x\a", [], {}, ["x"])
TEXTS = ("hello", "*", "a* b", "NEAR(", '"', "x" * 4_000, "x" * 4_001, "\u202e", "\0", "rock", "paper")


HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc


def value_for(field: str, random: Random) -> object:
    """Return a value that is often one that the field may have."""
    if random.random() < 0.05:
        return random.choice(VALUES)
    if field in ("name", "opponent", "sender"):
        return random.choice(NAMES)
    if field in ("to", "conversation", "room"):
        return random.choice(PLACES)
    if field in ("text", "topic", "words", "hand"):
        return random.choice(TEXTS)
    if field == "files":
        return random.choice(((), (), (f"token-{random.randint(1, 60)}",)))
    if field == "upload":
        return f"token-{random.randint(1, 60)}"
    if field == "hash":
        return HASH
    if field == "data":
        return "YWJj"
    if field == "reaction":
        return random.choice(("👍", "+1", "a b"))
    return random.choice((0, 1, 2, 3, 100, 2**53 - 1, True, None))


def document(random: Random, number: int) -> bytes:
    """Return a line that has the fields of some request, or most of them."""
    kind: type[Request] = random.choice(AnyRequest.__args__)
    fields = {field: value_for(field, random) for field in kind.__struct_fields__ if random.random() < 0.9}
    fields |= {"type": kind.__struct_config__.tag, "id": random.choice((f"f{number}", f"f{number // 3}"))}
    try:
        return bytes(encode(fields))  # type: ignore[arg-type]
    except UnicodeEncodeError:
        return b'{"type":"ping"}'


def hit(client: Client, line: bytes) -> str | None:
    """Send a line in a frame of its own; return the id that must be answered."""
    client.put_frame(line)
    try:
        return str(decode_request(line).id)
    except ProtocolError as error:
        return error.re
