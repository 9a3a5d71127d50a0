import itertools
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.codec import decode_frame, decode_request, encode, join_lines, split_frame
from messages.errors import ErrorCode, ProtocolError
from messages.events import Goodbye, Message
from messages.limits import MAX_BROKER_FRAME, MAX_REQUEST_DOCUMENTS, MAX_REQUEST_FRAME
from messages.replies import Done, Pong
from messages.requests import Ping, Send

PING = b'{"type":"ping","id":"1"}'
PONG = b'{"type":"pong","re":"1"}'
DEEP = 100_000


def refusal_of_frame(frame: bytes, **limit: int) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        split_frame(frame, **limit)
    return caught.value


def refusal(line: bytes) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode_request(line)
    return caught.value


class TestSplitFrame:
    def test_a_frame_has_one_document_a_line(self) -> None:
        assert split_frame(PING + b"\n" + PING) == [PING, PING]

    def test_one_line_end_after_the_last_document_is_allowed(self) -> None:
        assert split_frame(PING + b"\n") == [PING]

    def test_an_empty_frame_has_one_document_which_is_empty(self) -> None:
        assert split_frame(b"") == split_frame(b"\n") == [b""]

    def test_an_empty_line_elsewhere_counts_as_a_document(self) -> None:
        assert split_frame(PING + b"\n\n" + PING + b"\n\n") == [PING, b"", PING, b""]

    @pytest.mark.parametrize("end", [b"", b"\n"], ids=["without line end", "with line end"])
    def test_64_documents_are_allowed_and_65_are_not(self, end: bytes) -> None:
        assert len(split_frame(b"\n".join([b"{}"] * 64) + end)) == 64
        assert refusal_of_frame(b"\n".join([b"{}"] * 65) + end).code == ErrorCode.TOO_MANY_DOCUMENTS

    @pytest.mark.parametrize("frame", [b"{}\n" * 10_000, b"\n" * 10_000], ids=["documents", "line ends"])
    def test_a_frame_of_10000_documents_is_refused(self, frame: bytes) -> None:
        assert refusal_of_frame(frame).code == ErrorCode.TOO_MANY_DOCUMENTS

    def test_a_request_frame_may_have_65536_bytes_and_no_more(self) -> None:
        assert split_frame(b"x" * MAX_REQUEST_FRAME) == [b"x" * 65_536]
        assert refusal_of_frame(b"x" * 65_537).code == ErrorCode.FRAME_TOO_LARGE

    def test_a_frame_of_2_megabytes_is_refused_for_its_size_before_anything_else(self) -> None:
        assert refusal_of_frame(b"\n" * 2_000_000).code == ErrorCode.FRAME_TOO_LARGE

    def test_the_sentence_states_the_limit_that_was_passed(self) -> None:
        assert refusal_of_frame(b"x" * 65_537).text == ErrorCode.FRAME_TOO_LARGE.sentence
        assert (
            refusal_of_frame(b"x" * 1_001, most_bytes=1_000).text
            == "the frame is too large; send at most 1,000 bytes"
        )


class TestDecodeRequest:
    def test_a_request_in_utf_8_is_decoded(self) -> None:
        line = '{"type":"send","id":"9f","to":"#зал","text":"Grüße 👋\\n"}'.encode()
        assert decode_request(line) == Send("9f", "#зал", "Grüße 👋\n")

    def test_spaces_and_a_carriage_return_around_it_do_no_harm(self) -> None:
        assert decode_request(b" " + PING + b" \r") == Ping("1")

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b" ",
            b"hello",
            b"\xff\xfe\x00",
            b"{",
            PING[:-1],
            PING + b"}",
            PING + PING,
            b"\xef\xbb\xbf" + PING,
            PING.decode().encode("utf-16"),
            b"{'type':'ping','id':'1'}",
            b'{"type":"ping","id":NaN}',
            b'{"type":"ping","id":"\x01"}',
            b'{"type":"ping","id":"\\ud800"}',
            b'{"type":"send","id":"1","to":"#lobby","text":"\\ud800"}',
            b'{"type":"ping","id":"\xff"}',
            b'{"type":"ping","id":"\xed\xa0\x80"}',
            b'{"type":"\xff","id":"1"',
            b'{"type":"nope","id":"1"',
            b'{"type":"ping","id":7',
        ],
    )
    def test_what_is_not_json_in_utf_8_is_malformed(self, line: bytes) -> None:
        error = refusal(line)
        assert error.code == ErrorCode.MALFORMED
        assert error.text.startswith("this is not JSON in UTF-8")
        assert error.text.endswith("; send one JSON object a line")
        assert error.re is None

    @pytest.mark.parametrize("line", [b"null", b"1", b'"ping"', b"true", b'["ping","1"]', b"{}", b'{"id":7}'])
    def test_json_that_is_no_object_with_a_type_is_invalid(self, line: bytes) -> None:
        assert refusal(line).code == ErrorCode.INVALID

    @pytest.mark.parametrize(
        "line",
        [
            b"[" * DEEP,
            b"[" * DEEP + b"]" * DEEP,
            b'{"a":' * DEEP,
            b'{"a":' * DEEP + b"1" + b"}" * DEEP,
            b'{"type":"ping","id":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
            b'{"type":' + b"[" * DEEP,
        ],
        ids=["open [", "closed [", "open {", "closed {", "in the id", "in the type"],
    )
    def test_a_document_nested_100000_deep_is_refused_like_any_other(self, line: bytes) -> None:
        assert refusal(line).code in (ErrorCode.MALFORMED, ErrorCode.INVALID)

    def test_what_is_nested_so_deep_where_nobody_reads_it_is_refused_or_passed_over(self) -> None:
        line = b'{"type":"ping","id":"1","x":' + b"[" * DEEP + b"]" * DEEP + b"}"
        found = None
        with suppress(ProtocolError):  # each version of Python says anew how deep is too deep
            found = decode_request(line)
        assert found in (None, Ping("1"))

    @pytest.mark.parametrize("kind", ["", "pong", "message", "Ping", "ping ", "nope\u202e\x1b"])
    def test_a_type_that_is_no_request_is_unknown(self, kind: str) -> None:
        error = refusal(msgspec.json.encode({"type": kind, "id": "1"}))
        assert (error.code, error.re) == (ErrorCode.UNKNOWN_TYPE, "1")
        assert error.text == f"no request has the type {kind!r}; check its spelling"
        assert error.text.isprintable()

    def test_of_a_long_unknown_type_only_the_beginning_is_said_back(self) -> None:
        assert len(refusal(msgspec.json.encode({"type": "x" * 60_000})).text) < 80

    @pytest.mark.parametrize("kind", [b"null", b"7", b"[]", b'["ping"]', b'{"ping":1}'])
    def test_a_type_that_is_no_text_is_invalid(self, kind: bytes) -> None:
        error = refusal(b'{"type":' + kind + b',"id":"1"}')
        assert (error.code, error.re) == (ErrorCode.INVALID, "1")

    @pytest.mark.parametrize(
        "line",
        [
            b'{"id":"9f"}',
            b'{"id":"9f","type":"nope"}',
            b'{"type":"send","to":"#lobby","text":" ","id":"9f"}',
            b'{"id":"9f","type":"send"}',
            b'{"id":"9f","type":"confirm","conversation":"#lobby","seq":1000000000000000000000000000000}',
            b'{"id":"9f","type":"confirm","conversation":"#lobby","seq":1e999}',
            b'{"id":"9f","type":"login","protocol":' + b"1" * 60_000 + b',"name":"alice"}',
            b'{"id":"9f","type":"send","to":"#lobby","text":"\xff"}',
        ],
    )
    def test_the_error_names_the_request_whenever_its_id_can_be_read(self, line: bytes) -> None:
        assert refusal(line).re == "9f"

    @pytest.mark.parametrize(
        "request_id",
        [b'""', b'"a b"', b'"\xc3\xa9"', b'"' + b"x" * 65 + b'"', b"7", b"null", b"[]", b"1e999"],
    )
    def test_the_error_names_no_request_whose_id_is_none(self, request_id: bytes) -> None:
        assert refusal(b'{"type":"ping","id":' + request_id + b"}").re is None
        assert refusal(b'{"type":"nope","id":' + request_id + b"}").re is None


class TestDecodeFrame:
    def test_replies_and_events_come_in_the_order_they_were_sent_in(self) -> None:
        documents = [Pong("1"), Goodbye("shutting-down", "bye"), Done("2")]
        assert list(decode_frame(b"\n".join(map(encode, documents)))) == documents

    def test_a_type_of_a_later_version_is_left_out(self) -> None:
        later = b'{"type":"reaction","re":7,"emoji":"\xf0\x9f\x91\x8d"}'
        assert list(decode_frame(b"\n".join([PONG, later, PONG]))) == [Pong("1"), Pong("1")]

    def test_a_field_of_a_later_version_is_left_out(self) -> None:
        assert list(decode_frame(b'{"type":"pong","re":"1","load":0.5}')) == [Pong("1")]

    @pytest.mark.parametrize(
        "line",
        [
            b"{}",
            b'{"re":"1"}',
            b'{"type":7}',
            b'{"type":null}',
            b'{"type":["pong"]}',
            b'{"type":{"pong":1}}',
            b'{"type":"pong"}',
            b'{"type":"pong","re":7}',
            b'{"type":"goodbye","reason":"bored","text":"bye"}',
            b'{"type":"error","re":"1","code":"too-fast","text":"wait","retryable":true}',
            b'{"type":"lagged","conversations":[{"conversation":"#lobby","head":-1,"delivered":0}]}',
        ],
        ids=lambda line: line[:48],
    )
    def test_a_value_of_a_later_version_leaves_its_document_out_and_no_other(self, line: bytes) -> None:
        assert list(decode_frame(b"\n".join([PONG, line, PONG]))) == [Pong("1"), Pong("1")]

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"hello",
            b"\xff",
            b"7",
            b"[]",
            b'"pong"',
            b"null",
            b'{"type":"pong","re":"\xff"}',
            b'{"type":"later"',
            b'{"type":"goodbye","reason":"bored"',
            b"[" * DEEP,
            b'{"a":' * 50_000,
            b'{"type":"later","x":' + b"[" * DEEP,
        ],
        ids=lambda line: line[:24],
    )
    def test_what_is_no_json_object_is_malformed_but_what_came_before_it_counts(self, line: bytes) -> None:
        documents = decode_frame(PONG + b"\n" + line + b"\n" + PONG)
        assert next(documents) == Pong("1")
        with pytest.raises(ProtocolError) as caught:
            next(documents)
        assert caught.value.code == ErrorCode.MALFORMED

    def test_a_broker_frame_may_have_262144_bytes_and_no_more(self) -> None:
        padded = PONG + b" " * (MAX_BROKER_FRAME - len(PONG))
        assert list(decode_frame(padded)) == [Pong("1")]
        with pytest.raises(ProtocolError, match="262,144 bytes"):
            list(decode_frame(padded + b" "))


class TestEncode:
    def test_a_document_is_one_line_whatever_its_text_holds(self) -> None:
        for text in ("two\nlines", "a\r\nb", "\u2028\u2029\x85"):
            assert encode(Message("#l", 1, "1", "a", text, 1)).splitlines() == [
                encode(Message("#l", 1, "1", "a", text, 1))
            ]

    def test_other_scripts_are_written_as_they_are(self) -> None:
        assert "Привет 👋".encode() in encode(Send("1", "#l", "Привет 👋"))

    def test_the_largest_text_fits_a_request_frame_even_if_a_client_escapes_every_character(self) -> None:
        escaped = b'{"type":"send","id":"1","to":"#lobby","text":"' + b"\\ud83d\\udc4b" * 4_000 + b'"}'
        assert decode_request(*split_frame(escaped)) == Send("1", "#lobby", "👋" * 4_000)


class TestJoinLines:
    def test_documents_that_fit_go_in_one_frame(self) -> None:
        assert list(join_lines([PONG, PONG], MAX_BROKER_FRAME)) == [PONG + b"\n" + PONG]

    def test_nothing_to_send_is_no_frame(self) -> None:
        assert list(join_lines([], MAX_BROKER_FRAME)) == []

    def test_a_frame_takes_64_documents_and_the_65th_goes_in_the_next(self) -> None:
        assert [frame.count(b"{") for frame in join_lines([PONG] * 64, MAX_BROKER_FRAME)] == [64]
        assert [frame.count(b"{") for frame in join_lines([PONG] * 65, MAX_BROKER_FRAME)] == [64, 1]

    def test_a_frame_is_filled_to_its_last_byte(self) -> None:
        assert list(join_lines([b"12", b"34", b"56"], 5)) == [b"12\n34", b"56"]
        assert list(join_lines([b"12", b"34", b"56"], 4)) == [b"12", b"34", b"56"]

    def test_a_document_too_large_for_any_frame_goes_alone(self) -> None:
        assert list(join_lines([b"1", b"x" * 9, b"2", b"3"], 3)) == [b"1", b"x" * 9, b"2\n3"]
        assert list(join_lines([b"x" * 9, b"1"], 3)) == [b"x" * 9, b"1"]

    @given(
        lines=st.lists(
            st.binary(min_size=1, max_size=9).filter(lambda line: b"\n" not in line), max_size=12
        ).flatmap(lambda some: st.integers(1, 20).map(lambda times: some * times)),
        most_bytes=st.integers(9, 1_500),
    )
    @settings(deadline=None)
    def test_splitting_what_was_joined_gives_the_lines_back_in_the_fewest_frames_that_the_limits_allow(
        self, lines: list[bytes], most_bytes: int
    ) -> None:
        frames = list(join_lines(lines, most_bytes))
        parts = [split_frame(frame, most_bytes) for frame in frames]
        assert list(itertools.chain(*parts)) == lines
        for one, following in itertools.pairwise(parts):
            full = len(one) == MAX_REQUEST_DOCUMENTS
            assert full or len(b"\n".join([*one, following[0]])) > most_bytes
