from broker.core.limits.attempts import Backoff, LoginAttempts, SlidingWindow, link_code


def test_a_pause_doubles_up_to_a_quarter_of_an_hour_and_is_forgiven_in_time() -> None:
    backoff, now, waits = Backoff(), 0.0, []
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
    backoff, window = Backoff(), SlidingWindow(1, 60)
    for number in range(10_001):
        backoff.failed(str(number), 0)
        window.count(str(number), 0)
    assert (backoff.wait("0", 0), window.wait("0", 0)) == (0, 0)
    assert (backoff.wait("10000", 0), window.wait("10000", 0)) == (1, 60)


def test_codes_are_forgotten_when_their_time_is_over() -> None:
    doors = LoginAttempts()
    doors.codes |= {1: ("AAAAAAAA", 10.0), 2: ("BBBBBBBB", 20.0)}
    doors.expire(10.0)
    assert doors.codes == {2: ("BBBBBBBB", 20.0)}


def test_codes_differ_with_the_secret_they_are_made_of() -> None:
    assert len({link_code(f"token-{number}") for number in range(1_000)}) == 1_000
