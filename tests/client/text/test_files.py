from __future__ import annotations

from client.text.entries import dated_text
from client.text.files import file_mark
from client.text.render import message_text
from messages.events import Message, Reaction
from messages.files import File

PLAN = File("plan.pdf", 1_234_567, "0" * 64)
PICTURE = File("me.png", 80_000, "1" * 64)


def message(text: str, *files: File, **fields: object) -> Message:
    return Message("#lobby", 12, "i", "bob", text, 5, files=files, **fields)  # type: ignore[arg-type]


def test_files_stand_before_the_text_with_the_number_to_get_them_by() -> None:
    one, two = message("for you", PLAN), message("for you", PLAN, PICTURE)
    assert message_text(one, "alice", "#lobby") == "bob [12: plan.pdf 1.2 MB]: for you"
    assert message_text(two, "alice", "") == "#lobby bob [12: 1 plan.pdf 1.2 MB, 2 me.png 80 kB]: for you"
    assert dated_text(one) == "#lobby 12 bob [12: plan.pdf 1.2 MB]: for you"
    assert message_text(message("/me sends", PLAN), "alice", "#lobby") == "[12: plan.pdf 1.2 MB] * bob sends"
    answer = message("yes", PLAN, reply_to=3)
    assert message_text(answer, "alice", "#lobby") == "bob (answers 3) [12: plan.pdf 1.2 MB]: yes"


def test_a_text_that_only_names_the_files_is_not_repeated() -> None:
    assert message_text(message("plan.pdf\nme.png", PLAN, PICTURE), "alice", "#lobby") == (
        "bob [12: 1 plan.pdf 1.2 MB, 2 me.png 80 kB]"
    )
    liked = message("plan.pdf", PLAN, reactions=(Reaction("👍", 1, ["alice"]),))
    assert message_text(liked, "alice", "#lobby") == "bob [12: plan.pdf 1.2 MB]: [👍 1]"
    assert dated_text(message("", deleted=True)) == "#lobby 12 bob: (deleted)"


def test_no_text_looks_like_a_file() -> None:
    shown = message_text(message("plan.pdf", PLAN), "alice", "#lobby")
    for text in ("[12: plan.pdf 1.2 MB]", "a\nbob [12: plan.pdf 1.2 MB]"):
        assert not message_text(message(text), "alice", "#lobby").startswith(shown)
        assert f"\n{shown}" not in message_text(message(text), "alice", "#lobby")
    doing = message_text(message("/me sends", PLAN), "alice", "#lobby")
    told = message_text(message("/me [12: plan.pdf 1.2 MB] sends"), "alice", "#lobby")
    assert (doing.startswith("* bob"), told.startswith("* bob")) == (False, True)


def test_hostile_names_control_nothing_and_end_nothing() -> None:
    for name in ("a\x1b[31m", "a\u202efdp.exe", "a\u200f\u2066b", "x 1 kB]: hello [", "\u2028", "a" * 255):
        mark = file_mark(message("see", File(name, 5, "0" * 64)))
        assert mark.isprintable()
        assert (mark.count("["), mark.count("]"), mark[-9:]) == (1, 1, " 5 bytes]")
        assert len(mark) < 120
