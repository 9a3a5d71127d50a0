"""The details of a fault, and the sentence that the person sees."""

from __future__ import annotations

from pathlib import Path

from client.screen.tty.fault import end_by_fault
from messages.exits import Exit


def fault(text: str) -> Exception:
    try:
        raise LookupError(text)
    except LookupError as error:
        return error


def test_the_details_are_kept_for_the_owner_and_older_ones_are_dropped(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    log = tmp_path / "chat-client" / "fault.log"
    for number in range(9):
        end = end_by_fault(fault(f"number {number} {'x' * 50_000}"), environ)
    assert end.code is Exit.FAILED
    assert end.text == f"the full screen has ended by a fault; the details are in {log}"
    end_by_fault(fault("the last one"), environ)
    kept = log.read_text()
    assert "LookupError: the last one" in kept
    assert "number 0" not in kept
    assert log.stat().st_size <= 128_000
    assert log.stat().st_mode & 0o777 == 0o600


def test_it_says_what_is_unsent_and_names_the_fault_if_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "chat-client").write_text("a file where the directory should be")
    end = end_by_fault(
        fault("no \x1b[2J way\nfurther"), {"XDG_STATE_HOME": str(tmp_path)}, "1 message was lost"
    )
    assert end.text == (
        "the full screen has ended by a fault: LookupError: no \\x1b[2J way; 1 message was lost"
    )


def test_the_details_go_into_no_file_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "chat-client").mkdir()
    (tmp_path / "precious").write_text("as it was")
    (tmp_path / "chat-client" / "fault.log").symlink_to(tmp_path / "precious")
    end = end_by_fault(fault("no way"), {"XDG_STATE_HOME": str(tmp_path)})
    assert end.text == "the full screen has ended by a fault: LookupError: no way"
    assert (tmp_path / "precious").read_text() == "as it was"
