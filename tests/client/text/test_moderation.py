import pytest
from reply_texts import reply_texts

from client.text.replies import local_time
from messages.moderation import (
    AuditEntry,
    AuditLog,
    Ban,
    BanEntry,
    BanList,
    IgnoreList,
    InviteUser,
    Kick,
    Mute,
    Role,
    Rules,
    SetRole,
    Unban,
    Unmute,
)
from messages.replies import AnyReply, Done
from messages.requests import Ping, Request

AT = 1_790_000_000_000
WHEN = f"{local_time(AT):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("reply", "lines"),
    [
        (Rules("1", "#tea", True, True), ["#tea is private. Only moderators may set its topic."]),
        (Rules("1", "#tea"), ["#tea is open to all. Members may set its topic."]),
        (BanList("1", []), ["Nobody is banned from the chat."]),
        (
            BanList(
                "1",
                [BanEntry("alice", AT, "b\x1bob"), BanEntry("al", AT, None, None, "::/0", AT, "spam")],
                "#tea",
                True,
            ),
            [
                "Banned from #tea:",
                "  b\\x1bob for ever, by alice",
                f"  ::/0 until {WHEN}, by al: spam",
                "  … and others",
            ],
        ),
        (
            AuditLog(
                "1",
                [
                    AuditEntry(8, AT, "al", "ban", "bob", None, AT, "x"),
                    AuditEntry(7, AT, "al", "kick", "bob", "#tea"),
                ],
                True,
            ),
            [
                f"7 {WHEN} al: kick bob in #tea",
                f"8 {WHEN} al: ban bob until {WHEN}: x",
                "/audit 7 shows earlier entries.",
            ],
        ),
        (AuditLog("1", []), ["The audit log is empty."]),
        (IgnoreList("1", ["bob", "carol"]), ["You ignore bob, carol."]),
        (IgnoreList("1", []), ["You ignore nobody."]),
    ],
)
def test_a_reply_is_said_in_lines(reply: AnyReply, lines: list[str]) -> None:
    assert reply_texts(Ping("1"), reply) == lines


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Kick("1", "bob"), "bob was kicked."),
        (Ban("1", address="10.0.0.1"), "10.0.0.1 is banned from the chat for ever."),
        (Ban("1", name="bob", room="#tea", seconds=7_200), "bob is banned from #tea for 2h."),
        (Unban("1", "bob"), "bob is no longer banned."),
        (Mute("1", "#tea", "bob"), "bob is muted in #tea."),
        (Unmute("1", "#tea", "bob"), "bob may speak in #tea."),
        (InviteUser("1", "#tea", "bob"), "bob is invited into #tea."),
        (SetRole("1", "bob", Role.OPERATOR), "bob is now operator of the chat."),
    ],
)
def test_what_was_done_is_said(request_: Request, line: str) -> None:
    assert reply_texts(request_, Done("1")) == [line]
