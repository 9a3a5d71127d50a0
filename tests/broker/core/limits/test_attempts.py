from broker.core.limits.attempts import Backoff, LoginAttempts, SlidingWindow, link_code


def test_a_pause_doubles_up_to_a_quarter_of_an_hour_and_is_forgiven_in_time() -> None:
    backoff, now, waits = Backoff[str](), 0.0, list[float]()
    for _ in range(12):
        backoff.failed("alice", now)
        waits.append(backoff.wait("alice", now))
        now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    backoff.failed("alice", now + 3_601)
    assert backoff.wait("alice", now + 3_601) == 1
    backoff.succeeded("alice")
    assert backoff.wait("alice", now + 3_601) == 0


def test_what_is_remembered_of_tries_has_a_bound() -> None:
    backoff, window = Backoff[str](10_000), SlidingWindow(1, 60)
    for number in range(10_001):
        backoff.failed(str(number), 0)
        window.count(str(number), 0)
    assert (backoff.wait("0", 0), window.wait("0", 0)) == (0, 0)
    assert (backoff.wait("10000", 0), window.wait("10000", 0)) == (1, 60)


def test_keys_that_failed_once_push_out_none_that_failed_more_often() -> None:
    backoff = Backoff[str](100)
    for _ in range(3):
        backoff.failed("often", 0)
    for number in range(1_000):
        backoff.failed(str(number), 1)
    assert backoff.wait("often", 1) == 3
    assert sum(backoff.wait(str(number), 1) > 0 for number in range(1_000)) <= 100


def test_without_a_bound_nothing_is_pushed_out_and_after_an_hour_nothing_is_remembered() -> None:
    backoff = Backoff[int]()
    for number in range(20_000):
        backoff.failed(number, number / 1_000)
    assert backoff.wait(0, 0.5) == 0.5
    backoff.expire(3_610)
    assert [backoff.wait(number, 19.99) > 0 for number in (9_000, 19_999)] == [False, True]
    backoff.expire(4_000)
    assert backoff.wait(19_999, 19.999) == 0


def test_codes_are_forgotten_when_their_time_is_over() -> None:
    doors = LoginAttempts()
    doors.codes |= {1: ("AAAAAAAA", 10.0), 2: ("BBBBBBBB", 20.0)}
    doors.expire(10.0)
    assert doors.codes == {2: ("BBBBBBBB", 20.0)}


def test_codes_differ_with_the_secret_they_are_made_of() -> None:
    assert len({link_code(f"token-{number}") for number in range(1_000)}) == 1_000
