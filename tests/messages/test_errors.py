import pytest

from messages.errors import ChatError, ErrorCode, ProtocolError, RequestRefused
from messages.limits import MAX_REQUEST_DOCUMENTS, MAX_REQUEST_FRAME
from messages.version import PROTOCOL


@pytest.mark.parametrize("code", ErrorCode)
class TestEveryCode:
    def test_is_written_in_small_letters_and_hyphens(self, code: ErrorCode) -> None:
        assert code.isascii()
        assert code == code.lower()
        assert code.replace("-", "").isalpha()

    def test_has_one_sentence_a_person_can_act_on(self, code: ErrorCode) -> None:
        assert code.sentence[0].islower()
        assert " " in code.sentence
        assert not code.sentence.endswith(".")

    def test_is_found_by_what_is_written_on_the_wire(self, code: ErrorCode) -> None:
        assert ErrorCode(str(code)) is code

    def test_tells_programs_to_try_again_only_where_it_tells_people_so(self, code: ErrorCode) -> None:
        if code.retryable:
            assert "try again" in code.sentence or "choose another" in code.sentence


def test_no_two_codes_say_the_same() -> None:
    assert len({code.sentence for code in ErrorCode}) == len(ErrorCode)


def test_what_may_pass_by_itself_is_retryable_and_nothing_else() -> None:
    retryable = {code for code in ErrorCode if code.retryable}
    assert retryable == {
        ErrorCode.NAME_TAKEN,
        ErrorCode.TOO_MANY_ATTEMPTS,
        ErrorCode.TOO_MANY_REQUESTS,
        ErrorCode.UNAVAILABLE,
    }


def test_the_sentences_state_the_limits_that_hold() -> None:
    assert f"{MAX_REQUEST_FRAME:,} bytes" in ErrorCode.FRAME_TOO_LARGE.sentence
    assert f"at most {MAX_REQUEST_DOCUMENTS}" in ErrorCode.TOO_MANY_DOCUMENTS.sentence
    assert f"protocol {PROTOCOL}" in ErrorCode.PROTOCOL_UNSUPPORTED.sentence


@pytest.mark.parametrize("kind", [ChatError, ProtocolError, RequestRefused])
class TestEveryError:
    def test_says_the_codes_sentence_when_there_is_nothing_more_to_say(self, kind: type[ChatError]) -> None:
        error = kind(ErrorCode.NOT_LOGGED_IN)
        assert (error.code, error.text, str(error)) == (
            ErrorCode.NOT_LOGGED_IN,
            "nobody is logged in here; log in first",
            "nobody is logged in here; log in first",
        )

    def test_says_its_own_text_where_it_has_one(self, kind: type[ChatError]) -> None:
        error = kind(ErrorCode.INVALID, "`seq`: too large")
        assert (error.code, error.text, str(error)) == (
            ErrorCode.INVALID,
            "`seq`: too large",
            "`seq`: too large",
        )

    def test_is_caught_as_a_chat_error(self, kind: type[ChatError]) -> None:
        with pytest.raises(ChatError):
            raise kind(ErrorCode.INTERNAL)


def test_a_protocol_error_names_the_request_where_its_id_could_be_read() -> None:
    assert ProtocolError(ErrorCode.INVALID, re="7").re == "7"
    assert ProtocolError(ErrorCode.MALFORMED).re is None
