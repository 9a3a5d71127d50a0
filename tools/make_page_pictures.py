"""Take the pictures of docs/web.md: the page on a wide screen and on a phone, with a real broker and gateway.

`make screens` runs it. It needs Chromium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from browsers import Site, Visitor, site

_DOCS = Path(__file__).parents[1] / "docs"
_SAID = (
    ("maria", "Morning! The build is green again."),
    ("jonas", "It was the disk of the second replica. Replaced, and it is back in step."),
    (
        "maria",
        "**Release plan** for `2.4`:\n- freeze on *Tuesday*\n- notes: https://example.org/notes/2.4\n- cake",
    ),
    ("jonas", "> freeze on Tuesday\nThen I merge today. How I check:\n```sh\nmake check && make test\n```"),
)
_PHONE = {"viewport": {"width": 390, "height": 760}, "is_mobile": True, "has_touch": True}


def _talk(made: Site, alice: Visitor) -> None:
    chats = {name: made.chat(name) for name in ("maria", "jonas")}
    alice.say("/topic Release 2.4 on Thursday")
    seqs = [chats[name].send("#lobby", text).seq for name, text in _SAID]
    alice.message("Release plan").wait_for()
    for name in ("maria", "jonas"):
        chats[name].react("#lobby", seqs[2], "🎉")
    chats["maria"].send("#lobby", "@alice could you read the notes today?", reply_to=seqs[2])
    alice.message("could you read").wait_for()
    alice.say("Sure, after lunch.")
    chats["jonas"].send("@alice", "coffee?")
    chats["maria"].typing("#lobby")
    alice.page.get_by_text("maria is typing…").wait_for()


def main() -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as home, site(Path(home)) as made:
        alice = made.visitor(viewport={"width": 1100, "height": 720}).sign_up("alice")
        _talk(made, alice)
        alice.page.get_by_role("button", name="Members", exact=True).click()
        alice.page.get_by_role("region", name="members").get_by_text("operator").first.wait_for()
        alice.page.screenshot(path=_DOCS / "web.png")
        phone = made.visitor(**_PHONE, color_scheme="dark").sign_up("anna")
        phone.go("#lobby")
        phone.message("after lunch").wait_for()
        phone.page.screenshot(path=_DOCS / "web-phone.png")
        made.leave()


if __name__ == "__main__":
    main()
