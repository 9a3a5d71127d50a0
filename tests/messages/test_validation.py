"""What is refused is refused in the product's own words, whatever a decoder calls it."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from minimal_requests import MINIMAL
from torture.figures import figure

from messages.codec import decode_frame, decode_request
from messages.errors import ErrorCode, ProtocolError
from messages.requests import AnyRequest

WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 10**30, "", "\0", "x", "x" * 70_000, "1.5", [], [1], {}, {"a": 1},
)  # fmt: skip
DECODERS_WORDS = (
    "Expected", "Object", "Invalid", "Integer", "JSON is", "Input data", "Traceback", "codec", "surrogates",
    "does not appear", "recursion", "$", "`int`", "`str`", "`array`", "`null`", "<", "ip_address",
)  # fmt: skip
OWN_WORDS = re.compile(
    "this is not JSON in UTF-8( at byte [0-9]+)?; send one JSON object a line"
    "|a document is a JSON object; write it in { }"
    "|no request has the type '.*'; check its spelling"
    "|`[a-z_]+` is missing; (write|give) [^$<]+"
    "|(`[a-z_]+`(, | and )?)+(: | must be )[^$<]+",
)
FIELDS = [
    (kind.__struct_config__.tag, field)
    for kind in AnyRequest.__args__
    for field in ("type", *kind.__struct_fields__)
]


def refusal(line: bytes) -> ProtocolError | None:
    try:
        decode_request(line)
    except ProtocolError as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_no_field_of_any_request_is_refused_in_the_words_of_the_decoder(kind: str, field: str) -> None:
    refused = 0
    for value in WRONG:
        document = {"type": kind, "id": "1", **MINIMAL[kind], field: value}
        error = refusal(msgspec.json.encode(document))
        if error is None:
            continue
        refused += 1
        assert is_own(error.text), error.text
        assert error.code is ErrorCode.UNKNOWN_TYPE or f"`{field}`" in error.text
    assert refused


def is_own(sentence: str) -> bool:
    """Whether a sentence is of a form that the product has, with no word of a library."""
    return bool(OWN_WORDS.fullmatch(sentence)) and not [word for word in DECODERS_WORDS if word in sentence]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("ab1#@~ \0\ud800\u0301")
    | st.just("9" * 5000),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("a`", max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def wrong_lines(draw: st.DrawFn) -> bytes:
    """Return a request of which some fields are left out, have a value of any kind or come twice."""
    kind = draw(st.sampled_from(sorted(MINIMAL)))
    document = {"type": kind, "id": "1", **MINIMAL[kind]}
    fields = sorted({*document, *(field for tag, field in FIELDS if tag == kind)})
    for field in draw(st.lists(st.sampled_from(fields), max_size=3)):
        document.pop(field, None)
    changed = draw(st.dictionaries(st.sampled_from(fields), values, max_size=3))
    first, second = json.dumps(document), json.dumps(changed)
    return draw(st.sampled_from([f"{first[:-1]},{second[1:]}", second, f"[{first}]", first[:-1]])).encode()


@given(line=wrong_lines())
@settings(deadline=None, max_examples=figure(100, 30_000))
def test_whatever_is_wrong_in_a_request_is_said_in_the_products_words(line: bytes) -> None:
    error = refusal(line)
    assert error is None or is_own(error.text), error.text


@given(line=wrong_lines() | st.binary(max_size=40))
@settings(deadline=None, max_examples=figure(100, 20_000))
def test_whatever_is_wrong_in_what_the_broker_says_is_said_in_the_products_words(line: bytes) -> None:
    error = None
    try:
        list(decode_frame(line))
    except ProtocolError as caught:
        error = caught
    assert error is None or is_own(error.text), error.text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "this is not JSON in UTF-8; send one JSON object a line"),
        (b"hello", "this is not JSON in UTF-8 at byte 0; send one JSON object a line"),
        (b'{"type":"ping",}', "this is not JSON in UTF-8 at byte 15; send one JSON object a line"),
        (b'{"type":"ping","id":"\xff"}', "this is not JSON in UTF-8; send one JSON object a line"),
        (b"[1]", "a document is a JSON object; write it in { }"),
        (b"7", "a document is a JSON object; write it in { }"),
        (b"null", "a document is a JSON object; write it in { }"),
        (b"{}", "`type` is missing; write a text in quotes"),
        (b'{"type":7}', "`type`: write a text in quotes"),
        (b'{"type":"sing\x7f"}', "no request has the type 'sing\\x7f'; check its spelling"),
        (b'{"type":"ping"}', "`id` is missing; write a text in quotes"),
        (b'{"type":"play","id":"1","hand":"well"}', "`hand`: write rock, paper or scissors"),
        (b'{"type":"read-receipts","id":"1","on":"yes"}', "`on`: write true or false"),
        (b'{"type":"keywords","id":"1","words":"deploy"}', "`words`: write a list in [ ]"),
        (
            b'{"type":"history","id":"1","conversation":"#a","limit":101}',
            "`limit`: write a whole number from 1 to 100",
        ),
    ],
)
def test_the_sentence_says_what_to_write(line: bytes, sentence: str) -> None:
    error = refusal(line)
    assert error is not None
    assert error.text == sentence
