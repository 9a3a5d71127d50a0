"""A look at a place that hangs or fails disturbs nobody, and it shows."""

import threading
import time

import pytest
from eventually import DEADLINE, eventually

from broker.monitoring.meter import Meter
from broker.monitoring.metrics import MetricsServer
from broker.monitoring.survey import Numbers, Survey


def test_it_looks_at_once_and_again() -> None:
    looks = list[int]()

    def look() -> Numbers:
        looks.append(len(looks))
        return {"looks": len(looks)}

    survey = Survey("here", look, seconds=0.001)
    survey.start()
    eventually(lambda: len(looks) > 2, "it has looked three times")
    survey.end()
    assert survey.numbers == {"looks": len(looks)}
    assert not [thread for thread in threading.enumerate() if thread.name == "survey here"]


def test_if_a_look_fails_there_are_no_numbers_until_one_succeeds() -> None:
    answers = iter([{"free": 1.0}, None, {"free": 2.0}])

    def look() -> Numbers:
        found = next(answers)
        if found is None:
            raise OSError("the disk is gone")
        return found

    survey = Survey("here", look)
    assert (survey.numbers, survey.answered_at) == ({}, 0.0)
    survey.look()
    answered_at = survey.answered_at
    assert survey.numbers == {"free": 1.0}
    assert answered_at == pytest.approx(time.time(), abs=60)
    survey.look()
    assert (survey.numbers, survey.answered_at) == ({}, answered_at)
    survey.look()
    assert survey.numbers == {"free": 2.0}
    assert survey.answered_at > answered_at


def test_a_look_that_hangs_delays_no_answer_and_the_others_go_on() -> None:
    hanging, goes_on = threading.Event(), threading.Event()

    def hang() -> Numbers:
        hanging.set()
        goes_on.wait(DEADLINE)
        return {}

    surveys = [Survey("dead", hang), Survey("log", lambda: {"chat_broker_log_bytes": 7})]
    server = MetricsServer(Meter(), "127.0.0.1", 0, surveys=surveys)
    try:
        assert hanging.wait(DEADLINE)
        text = _answer_with(server, "chat_broker_log_bytes 7.0")
        assert 'chat_broker_surveyed_timestamp_seconds{place="dead"} 0.0' in text
        assert server.answer("/healthz").status == 503, "no loop turns here"
    finally:
        goes_on.set()
        server.close()


def _answer_with(server: MetricsServer, line: str) -> str:
    eventually(lambda: line in server.answer("/metrics").body.decode(), line)
    return server.answer("/metrics").body.decode()
