"""What a person is told at a login of what was missed before it."""

from __future__ import annotations

from driven import AT, Driven, accepted, message, page, ready

from client.core.events import Missing, SendAccepted, Skipped
from messages.events import Message
from messages.replies import Page
from messages.requests import Confirm, History, Send


def fetched(driven: Driven, head: int) -> list[History]:
    """Answer each fetch from a log of #lobby that goes up to `head`, and return the fetches."""
    fetches: list[History] = []
    while asked := [request for request in driven.tick() if isinstance(request, History)]:
        for history in asked:
            assert history.after is not None
            seqs = range(history.after + 1, min(history.after + history.limit, head) + 1)
            driven.hear(page(history.id, *seqs, more=seqs[-1] < head))
        fetches += asked
    return fetches


class TestOnesOwn:
    """The same user has spoken elsewhere, in a program that only sends."""

    def page(self, driven: Driven) -> Page:
        (history,) = driven.asked(History)
        own = message(2, sender="alice"), message(4, sender="alice")
        return page(history.id, message(1), own[0], message(3), own[1])

    def test_what_one_has_said_before_the_login_is_not_told(self) -> None:
        driven = ready(("#lobby", 4, 0), brief=True)
        driven.hear(self.page(driven))
        assert driven.shown() == [message(1), message(3)]

    def test_it_is_confirmed_nevertheless(self) -> None:
        driven = ready(("#lobby", 4, 0), brief=True)
        driven.hear(self.page(driven))
        driven.shown()
        (confirm,) = driven.asked(Confirm)
        assert confirm.seq == 4

    def test_who_does_not_ask_for_less_is_told_all(self) -> None:
        driven = ready(("#lobby", 4, 0))
        driven.hear(self.page(driven))
        assert len(driven.shown()) == 4

    def test_what_one_says_elsewhere_after_the_login_is_told(self) -> None:
        driven = ready(("#lobby", 1, 1), brief=True)
        driven.hear(message(2, sender="alice"))
        assert driven.shown() == [message(2, sender="alice")]

    def test_also_if_it_was_missed_since(self) -> None:
        driven = ready(("#lobby", 1, 1), brief=True)
        driven.hear(message(3))
        (history,) = driven.asked(History)
        driven.hear(page(history.id, message(2, sender="alice"), message(3)))
        assert driven.shown() == [message(2, sender="alice"), message(3)]


class TestAGreatManyMessages:
    def test_the_last_ones_are_told_and_the_others_counted(self) -> None:
        driven = ready(("#lobby", 50_000, 0), brief=True)
        first, *others = fetched(driven, 50_000)
        assert (first.limit, len(others)) == (1, 2)
        skipped, *told = driven.shown()
        assert skipped == Skipped("#lobby", 49_800, AT)
        assert told == [message(seq) for seq in range(49_801, 50_001)]

    def test_all_are_confirmed_as_delivered(self) -> None:
        driven = ready(("#lobby", 50_000, 0), brief=True)
        fetched(driven, 50_000)
        driven.shown()
        (confirm,) = driven.asked(Confirm, 1.0)
        assert confirm.seq == 50_000

    def test_five_hundred_are_all_told(self) -> None:
        driven = ready(("#lobby", 600, 100), brief=True)
        fetched(driven, 600)
        assert driven.shown() == [message(seq) for seq in range(101, 601)]

    def test_of_one_more_the_last_two_hundred(self) -> None:
        driven = ready(("#lobby", 601, 100), brief=True)
        fetched(driven, 601)
        assert driven.shown()[:2] == [Skipped("#lobby", 301, AT), message(402)]

    def test_who_does_not_ask_for_less_is_told_all(self) -> None:
        driven = ready(("#lobby", 601, 100))
        fetched(driven, 601)
        assert driven.shown() == [message(seq) for seq in range(101, 602)]

    def test_what_the_broker_holds_no_more_is_named_and_does_not_count(self) -> None:
        driven = ready(("#lobby", 1_000, 0), brief=True)
        (history,) = driven.asked(History)
        driven.hear(page(history.id, 601, more=True))
        fetched(driven, 1_000)
        assert driven.shown() == [Missing("#lobby", 1, 600), *(message(seq) for seq in range(601, 1_001))]

    def test_what_is_said_meanwhile_is_told_behind_them(self) -> None:
        driven = ready(("#lobby", 1_000, 0), brief=True)
        driven.hear(message(1_001), message(1_002, sender="alice"))
        fetched(driven, 1_000)
        _skipped, *told = driven.shown()
        assert [event.seq for event in told if isinstance(event, Message)] == [*range(801, 1_003)]

    def test_ones_own_that_is_accepted_among_them_does_no_harm(self) -> None:
        driven = ready(("#lobby", 1_000, 0), brief=True)
        driven.session.send("#lobby", "sent again")
        asked = {type(request): request.id for request in driven.tick()}
        driven.hear(accepted(asked[Send], 5), page(asked[History], 1, more=True))
        fetched(driven, 1_000)
        events = [event for event in driven.shown() if not isinstance(event, SendAccepted)]
        assert events == [Skipped("#lobby", 800, AT), *(message(seq) for seq in range(801, 1_001))]
