import signal

from messages.exits import Exit


def test_a_process_that_did_what_it_should_says_0_and_every_other_end_has_its_own_number() -> None:
    assert Exit.DONE == 0
    assert len({int(code) for code in Exit}) == len(Exit.__members__)


def test_the_numbers_that_scripts_rely_on_stay() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "FAILED": 1,
        "USAGE": 2,
        "CANNOT_START": 3,
        "CANNOT_CONNECT": 4,
        "REFUSED": 5,
        "NOT_CONFIRMED": 6,
        "INTERRUPTED": 128 + signal.SIGINT,
    }
