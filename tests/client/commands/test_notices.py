from __future__ import annotations

import pytest
from fake_host import FakeHost

from client.commands.registry import UsageError
from messages.notices import Day, Keywords, NoticeLevel, Notify, QuietHours, QuietSpan


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return FakeHost()


@pytest.mark.parametrize(
    ("line", "conversation", "level"),
    [
        ("/notify", "#dev", None),
        ("/notify all", "#dev", NoticeLevel.ALL),
        ("/notify MENTIONS", "#dev", NoticeLevel.MENTIONS),
        ("/notify mention", "#dev", NoticeLevel.MENTIONS),
        ("/notify off", "#dev", NoticeLevel.NONE),
        ("/notify default", "#dev", NoticeLevel.DEFAULT),
        ("/notify #tea none", "#tea", NoticeLevel.NONE),
        ("/notify bob none", "@bob", NoticeLevel.NONE),
        ("/notify @all none", "@all", NoticeLevel.NONE),
        ("/notify @bob", "@bob", None),
    ],
)
def test_a_level_is_chosen_or_shown(
    host: FakeHost, line: str, conversation: str, level: NoticeLevel | None
) -> None:
    host.type(line)
    (asked,) = host.driven.asked(Notify)
    assert (asked.conversation, asked.level) == (conversation, level)


@pytest.mark.parametrize("line", ["/notify #tea loud", "/notify all of it all"])
def test_another_level_is_refused_with_the_usage(host: FakeHost, line: str) -> None:
    with pytest.raises(UsageError):
        host.type(line)


def test_a_mistyped_level_is_not_taken_for_a_user(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="loud is not a level; write all, mentions, none or default"):
        host.type("/notify loud")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/highlight", None),
        ("/highlight off", []),
        ("/highlight Deploy, outage", ["Deploy", "outage"]),
        ("/highlight off deploy", ["off", "deploy"]),
    ],
)
def test_keywords_are_chosen_removed_or_shown(host: FakeHost, line: str, words: list[str] | None) -> None:
    host.type(line)
    (asked,) = host.driven.asked(Keywords)
    assert asked.words == words


def test_too_long_a_keyword_is_refused_with_a_sentence(host: FakeHost) -> None:
    with pytest.raises(ValueError, match="a keyword has 1 to 64 characters"):
        host.type("/highlight " + "x" * 65)


@pytest.mark.parametrize("line", ['/highlight "on call" outage', "/highlight 'x", "/highlight “on call”"])
def test_a_quoted_phrase_is_no_keyword(host: FakeHost, line: str) -> None:
    with pytest.raises(ValueError, match="one word; write them without quotation marks"):
        host.type(line)


def test_quiet_hours_are_chosen_ended_or_shown(host: FakeHost) -> None:
    for line in ("/quiet", "/quiet OFF", "/quiet sun 9-17"):
        host.type(line)
    shown, ended, chosen = host.driven.asked(QuietHours)
    assert (shown.spans, shown.zone) == (None, None)
    assert (ended.spans, ended.zone) == ([], None)
    assert (chosen.spans, chosen.zone) == ([QuietSpan([Day.SUN], "09:00", "17:00")], "Europe/Berlin")
