from client.core.sending.rate_limit import RateLimit
from messages.codec import encode
from messages.requests import Send


def take(pace: RateLimit, now: float, text: str = "hello") -> int:
    """Return how many requests may go out now."""
    count = 0
    while count < 10_000 and pace.take(len(encode(Send(f"{count}", "#lobby", text))), now):
        count += 1
    return count


def test_without_a_rate_all_goes_out() -> None:
    assert RateLimit().take(100, 0.0)
    assert take(RateLimit(), 0.0) == 10_000


def test_nine_tenths_of_what_the_broker_takes_go_out() -> None:
    pace = RateLimit()
    pace.set(100, 1_000)
    assert [take(pace, 5.0), take(pace, 5.0), take(pace, 6.0), take(pace, 1_000.0)] == [900, 0, 90, 900]


def test_long_texts_count_for_their_bytes() -> None:
    pace = RateLimit()
    pace.set(100, 1_000)
    assert 230 >= take(pace, 5.0, "x" * 4_000) >= 220


def test_after_a_refusal_it_begins_from_nothing_at_the_time_that_was_told() -> None:
    pace = RateLimit()
    pace.set(100, 1_000)
    pace.stop(until=7.0)
    assert [take(pace, 7.0), take(pace, 8.0)] == [0, 90]


def test_a_burst_of_less_than_one_request_still_lets_one_out() -> None:
    pace = RateLimit()
    pace.set(1, 1)
    assert [take(pace, 5.0, "x" * 4_000), take(pace, 7.0)] == [1, 1]
