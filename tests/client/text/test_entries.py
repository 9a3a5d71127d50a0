import pytest
from driven import AT, message
from msgspec.structs import replace

from client.text.entries import amendment_text, body, dated_text, excerpt
from client.text.render import message_text, render
from client.text.replies import render_reply
from messages.events import AnyAmendment, Deleted, Edited, Pinned, Reacted, Reaction
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


def test_a_message_is_shown_as_it_is_now() -> None:
    changed = replace(
        message(7), edited=AT, reply_to=5, reactions=(Reaction("👍", 2, []), Reaction("+1", 1, []))
    )
    assert message_text(changed, "alice", "#lobby") == "bob (answers 5): text 7 (edited) [👍 2, +1 1]"
    assert body(replace(message(7), text="", deleted=True)) == "(deleted)"


def test_a_bot_is_marked_behind_its_name_as_no_name_can_be() -> None:
    beep = replace(message(7, "@bob"), bot=True, reply_to=5)
    assert message_text(beep, "alice", "#lobby") == "bob [bot] (direct) (answers 5): text 7"
    assert message_text(replace(beep, text="/me beeps"), "alice", "@bob") == "* bob [bot] (answers 5) beeps"
    assert dated_text(beep) == "@bob 7 bob [bot] (answers 5): text 7"
    for name in ("bob [bot]", "bob[bot]", "bob\u00a0[bot]", "bob\u2009(bot)"):
        with pytest.raises(ValueError, match="letters, digits"):
            parse_address(name)


def test_what_peers_wrote_cannot_drive_the_terminal() -> None:
    wild = replace(message(7), text="\x1b[2Jx", reactions=(Reaction("\x1b", 1, []),))
    assert "\x1b" not in body(wild)
    assert "\x1b" not in amendment_text(Reacted(*BASE[:4], "\x1b", AT, "\x1b", on=True), "", excerpt(wild))
    assert excerpt(replace(message(7), text="a\nb" + "x" * 80)) == "a b" + "x" * 37 + "…"


def test_history_has_the_entries_and_pins_their_messages() -> None:
    page = Page("r", "#lobby", [message(7), Edited(*BASE, "text 7")], more=False)
    first, second = render_reply(History("r", "#lobby"), page)
    assert first.endswith("#lobby 7 bob: text 7")
    assert second.endswith("#lobby 9 bob: edited 7: text 7")
    (line,) = render_reply(History("r", "#lobby"), PinList("r", "#lobby", []))
    assert line == "#lobby has no pinned messages."
