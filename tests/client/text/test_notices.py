from __future__ import annotations

import pytest
from reply_texts import reply_texts

from messages.notices import (
    ConversationLevel,
    Day,
    KeywordList,
    NoticeLevel,
    Notify,
    QuietList,
    QuietSpan,
)
from messages.replies import AnyReply

NIGHT, LATE = QuietSpan([Day.MON, Day.TUE, Day.WED], "22:00", "07:00"), QuietSpan([Day.SUN], "23:00", "09:00")


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (ConversationLevel("1", "#tea", NoticeLevel.ALL), "#tea: every message rings."),
        (
            ConversationLevel("1", "#tea", NoticeLevel.MENTIONS),
            "#tea: messages with your name or a keyword ring.",
        ),
        (ConversationLevel("1", "@bob", NoticeLevel.NONE), "@bob: nothing rings or is highlighted."),
        (
            ConversationLevel("1", "#tea", NoticeLevel.DEFAULT),
            "#tea: no level is chosen, so --bell says what rings.",
        ),
        (KeywordList("1", ["deploy", "a\x1b[2Jb"]), "Your keywords: deploy, a\\x1b[2Jb."),
        (KeywordList("1", []), "You have no keywords."),
        (
            QuietList("1", [NIGHT, LATE], "Europe/Berlin"),
            "Quiet hours: mon-wed 22:00-07:00, sun 23:00-09:00 (Europe/Berlin).",
        ),
        (QuietList("1", []), "You have no quiet hours."),
    ],
)
def test_a_setting_is_one_line(reply: AnyReply, text: str) -> None:
    assert reply_texts(Notify("1", "#tea"), reply) == [text]
