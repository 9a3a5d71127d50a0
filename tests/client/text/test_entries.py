import re

import pytest
from driven import AT, message
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reply_texts import reply_texts
from torture.figures import figure

from client.text.entries import amendment_text, dated_lines, excerpt, message_lines
from client.text.render import render
from messages.events import AnyAmendment, Deleted, Edited, Message, Pinned, Reacted, Reaction
from messages.names import parse_address
from messages.replies import Page, PinList
from messages.requests import History

BASE = ("#lobby", 9, 7, "x", "bob", AT)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Edited(*BASE, "hello!"), "* bob: edited 7: hello!"),
        (Edited(*BASE, ""), "* bob: edited 7"),
        (Deleted(*BASE), "* bob: deleted 7"),
        (Reacted(*BASE, "👍", on=True), "* bob: 👍 to 7 (text 7)"),
        (Reacted(*BASE, "👍", on=False), "* bob: 👍 taken back from 7 (text 7)"),
        (Pinned(*BASE, on=True), "* bob: pinned 7 (text 7)"),
        (Pinned(*BASE, on=False), "* bob: unpinned 7 (text 7)"),
    ],
)
def test_an_amendment_is_told_in_one_quiet_line(entry: AnyAmendment, text: str) -> None:
    (line,) = render(entry, "alice", "#lobby", message(7))
    assert line.text == text
    (line,) = render(entry, "alice", "#dev", message(7))
    assert line.text == f"* #lobby {text[2:]}"


def shown(one: Message, here: str = "#lobby", *, numbers: bool = False) -> list[str]:
    return [line.text for line in message_lines(one, "alice", here, numbers=numbers)]


def test_a_message_is_shown_as_it_is_now() -> None:
    changed = replace(
        message(7), edited=AT, reply_to=5, reactions=(Reaction("👍", 2, []), Reaction("+1", 1, []))
    )
    assert shown(changed) == ["bob (answers 5, edited): text 7", "[7: 👍 2, +1 1]"]
    assert shown(changed, "#dev") == ["#lobby bob (answers 5, edited): text 7", "[#lobby 7: 👍 2, +1 1]"]
    assert shown(replace(message(7), text="", deleted=True)) == ["bob (deleted)"]
    assert shown(replace(changed, text="/me nods", conversation="@bob"))[0] == (
        "(direct, answers 5, edited) * bob nods"
    )


def test_messages_have_their_numbers_if_these_are_wanted() -> None:
    assert shown(message(7), numbers=True) == ["7 bob: text 7"]
    assert shown(message(7), "#dev", numbers=True) == ["#lobby 7 bob: text 7"]
    assert shown(message(7, "@bob"), numbers=True) == ["7 bob (direct): text 7"]
    assert shown(replace(message(7), text="/me nods"), numbers=True) == ["7 * bob nods"]


def test_a_bot_is_marked_behind_its_name_as_no_name_can_be() -> None:
    beep = replace(message(7, "@bob"), bot=True, reply_to=5)
    assert shown(beep) == ["bob [bot] (direct, answers 5): text 7"]
    assert shown(replace(beep, text="/me beeps"), "@bob") == ["[bot] (answers 5) * bob beeps"]
    (dated,) = dated_lines(beep, "12:00")
    assert dated.text == "12:00 @bob 7 bob [bot] (answers 5): text 7"
    for name in ("bob [bot]", "bob[bot]", "bob\u00a0[bot]", "bob\u2009(bot)"):
        with pytest.raises(ValueError, match="letters, digits"):
            parse_address(name)


def test_a_guest_is_marked_as_a_bot_is() -> None:
    assert shown(replace(message(7), guest=True)) == ["bob [guest]: text 7"]
    assert shown(replace(message(7), guest=True, bot=True, text="/me nods")) == ["[bot] [guest] * bob nods"]


def test_what_peers_wrote_cannot_drive_the_terminal() -> None:
    wild = replace(message(7), text="\x1b[2Jx", reactions=(Reaction("\x1b", 1, []),))
    assert "\x1b" not in "".join(shown(wild))
    assert "\x1b" not in amendment_text(Reacted(*BASE[:4], "\x1b", AT, "\x1b", on=True), "", excerpt(wild))
    assert excerpt(replace(message(7), text="a\nb" + "x" * 80)) == "a b" + "x" * 37 + "…"


def test_a_reaction_that_runs_to_the_left_reorders_nothing_around_it() -> None:
    hebrew = replace(message(7), reactions=(Reaction("שלום", 2, []), Reaction("👍", 1, [])))
    assert shown(hebrew)[1] == "[7: \u2068שלום\u2069 2, 👍 1]"
    told = amendment_text(Reacted(*BASE, "سلام", on=True), "#lobby", "text 7")
    assert told == "* bob: \u2068سلام\u2069 to 7 (text 7)"


FORM = re.compile(
    r"(?P<before>\(.+?\) )?(?:\* (?P<actor>\w+) |(?P<sender>\w+)(?P<marks> \([^()]*\))?(?:: |$))", re.DOTALL
)
"""The form of a message's line, as a person reads it."""

tricky = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "hi (edited)", "(edited): hi", "hi [7: 👍 50]", "hi\n[7: 👍 50]", "(deleted)",
            "/me (edited) waves",
            "/me (direct) waves", "/me : edited 7: x", "hi\n12:00 eve (edited): I quit", ": (answers 5): x",
        ]
    ),
)  # fmt: skip


@given(tricky, st.booleans(), st.booleans(), st.sampled_from([0, 5]), st.booleans())
@settings(deadline=None, max_examples=figure(60, 3_000))
def test_no_text_imitates_what_the_program_says_of_a_message(
    text: str, edited: bool, deleted: bool, answers: int, reacted: bool
) -> None:
    one = replace(
        message(7),
        text="" if deleted else text,
        edited=AT if edited and not deleted else 0,
        deleted=deleted,
        reply_to=answers,
        reactions=(Reaction("x", 3, []),) if reacted else (),
    )
    lines = [row for line in shown(one) for row in line.split("\n")]
    said = {"edited": edited and not deleted, "deleted": deleted, "answers 5": bool(answers)}
    found = FORM.match(lines[0])
    assert found
    marks = (found["before"] or found["marks"] or "").strip("() ").split(", ")
    assert set(filter(None, marks)) == {mark for mark, holds in said.items() if holds}
    assert ("[7: x 3]" in lines[1:]) is reacted
    assert [row for row in lines[1:] if not row.startswith("      ")] == ["[7: x 3]"] * reacted


def test_history_has_the_entries_and_pins_their_messages() -> None:
    page = Page("r", "#lobby", [message(7), Edited(*BASE, "text 7")], more=False)
    first, second = reply_texts(History("r", "#lobby"), page)
    assert first.endswith("#lobby 7 bob: text 7")
    assert second.endswith("#lobby 9 bob: edited 7: text 7")
    (line,) = reply_texts(History("r", "#lobby"), PinList("r", "#lobby", []))
    assert line == "#lobby has no pinned messages."
