from __future__ import annotations

from client.text.entries import dated_lines, message_lines
from client.text.files import file_mark
from messages.events import Message, Reaction
from messages.files import File

PLAN = File("plan.pdf", 1_234_567, "0" * 64)
PICTURE = File("me.png", 80_000, "1" * 64)


def message(text: str, *files: File, **fields: object) -> Message:
    return Message("#lobby", 12, "i", "bob", text, 5, files=files, **fields)  # type: ignore[arg-type]


def shown(one: Message, here: str = "#lobby") -> str:
    return "\n".join(line.text for line in message_lines(one, "alice", here))


def dated(one: Message) -> str:
    return "\n".join(line.text for line in dated_lines(one, "12:00"))


def test_files_stand_before_the_text_with_the_number_to_get_them_by() -> None:
    one, two = message("for you", PLAN), message("for you", PLAN, PICTURE)
    assert shown(one) == "bob [12: plan.pdf 1.2 MB]: for you"
    assert shown(two, "") == "#lobby bob [12: 1 plan.pdf 1.2 MB, 2 me.png 80 kB]: for you"
    assert dated(one) == "12:00 #lobby 12 bob [12: plan.pdf 1.2 MB]: for you"
    assert shown(message("/me sends", PLAN)) == "[12: plan.pdf 1.2 MB] * bob sends"
    assert shown(message("yes", PLAN, reply_to=3)) == "bob (answers 3) [12: plan.pdf 1.2 MB]: yes"


def test_a_text_that_only_names_the_files_is_not_repeated() -> None:
    both = message("plan.pdf\nme.png", PLAN, PICTURE)
    assert shown(both) == "bob [12: 1 plan.pdf 1.2 MB, 2 me.png 80 kB]"
    liked = message("plan.pdf", PLAN, reactions=(Reaction("👍", 1, ["alice"]),))
    assert shown(liked) == "bob [12: plan.pdf 1.2 MB]\n[12: 👍 1]"
    assert dated(message("", deleted=True)) == "12:00 #lobby 12 bob (deleted)"


def test_no_text_looks_like_a_file() -> None:
    with_file = shown(message("plan.pdf", PLAN))
    for text in ("[12: plan.pdf 1.2 MB]", "a\nbob [12: plan.pdf 1.2 MB]"):
        assert not shown(message(text)).startswith(with_file)
        assert f"\n{with_file}" not in shown(message(text))
    doing, told = shown(message("/me sends", PLAN)), shown(message("/me [12: plan.pdf 1.2 MB] sends"))
    assert (doing.startswith("* bob"), told.startswith("* bob")) == (False, True)


def test_hostile_names_control_nothing_and_end_nothing() -> None:
    for name in ("a\x1b[31m", "a\u202efdp.exe", "a\u200f\u2066b", "x 1 kB]: hello [", "\u2028", "a" * 255):
        mark = file_mark(message("see", File(name, 5, "0" * 64)))
        assert mark.isprintable()
        assert (mark.count("["), mark.count("]"), mark[-9:]) == (1, 1, " 5 bytes]")
        assert len(mark) < 120
