"""Metrics, health and readiness, asked for over real http while a broker runs."""

import os
import re
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from eventually import DEADLINE, eventually
from live_broker import Stage
from wired import FragileStore

from broker.monitoring.meter import Meter
from broker.monitoring.metrics import MOST_OPEN, MetricsServer

Metrics = dict[str, float]


def get(url: str) -> tuple[int, str]:
    """Return the status and the body of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=DEADLINE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class Served:
    """A broker and its metrics."""

    def __init__(self, store: FragileStore, host: str = "127.0.0.1") -> None:
        self.store = store
        self.stage = Stage("tcp://127.0.0.1:0", store=store)
        self.server = MetricsServer(self.stage.broker.meter, host, 0)
        self.stage.broker.meter.listening = True

    def get(self, path: str) -> tuple[int, str]:
        return get(self.server.url.replace("/metrics", path))

    def numbers(self) -> Metrics:
        status, text = self.get("/metrics")
        assert status == 200
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def shows(self, name: str, value: float) -> None:
        eventually(lambda: self.numbers().get(f"chat_broker_{name}") == value, f"{name} is {value}")

    def becomes(self, path: str, status: int) -> None:
        eventually(lambda: self.get(path)[0] == status, f"{path} answers {status}")

    def close(self) -> None:
        self.server.close()
        self.stage.close()


@pytest.fixture
def served() -> Iterator[Served]:
    with closing(Served(FragileStore("epoch"))) as served:
        yield served


def test_what_happens_is_counted(served: Served) -> None:
    alice, bob, carol = served.stage.users("alice", "bob", "carol")
    for number in range(3):
        assert alice.ask("send", to="#lobby", text=f"text {number}")["type"] == "accepted"
    for _ in range(2):
        assert bob.ask("send", to="#nowhere", text="hello")["code"] == "no-such-room"
    alice.ask("join", room="#tea")
    carol.ask("logout")
    served.shows("sends_total", 3)
    served.shows("deliveries_total", 6)
    served.shows('refused_total{code="no-such-room"}', 2)
    served.shows("connections", 3)
    served.shows("sessions", 2)
    served.shows("users_online", 2)
    served.shows("users_known", 3)
    served.shows("rooms", 2)
    served.shows("lagging_peers", 0)
    served.shows("store_read_only", 0)
    served.shows("index_lag_messages", 0)
    numbers = served.numbers()
    assert numbers["chat_broker_uptime_seconds"] > 0


def test_commits_and_batches_are_counted_by_size(served: Served) -> None:
    (alice,) = served.stage.users("alice")
    before = served.numbers()
    alice.ask("send", to="#lobby", text="hello")
    served.shows("commit_seconds_count", before["chat_broker_commit_seconds_count"] + 1)
    after = served.numbers()
    assert after["chat_broker_commit_seconds_sum"] > before["chat_broker_commit_seconds_sum"]
    assert after['chat_broker_commit_seconds_bucket{le="+Inf"}'] == after["chat_broker_commit_seconds_count"]
    assert after["chat_broker_batch_frames_count"] == before["chat_broker_batch_frames_count"] + 1
    assert after['chat_broker_batch_frames_bucket{le="1"}'] >= 1


def test_a_store_that_fails_makes_the_broker_unready_but_not_dead(served: Served) -> None:
    (alice,) = served.stage.users("alice")
    served.becomes("/readyz", 200)
    served.becomes("/healthz", 200)
    served.store.broken = True
    assert alice.ask("send", to="#lobby", text="hello")["code"] == "unavailable"
    served.becomes("/readyz", 503)
    assert "the store cannot store" in served.get("/readyz")[1]
    assert served.get("/healthz") == (200, "ok\n")
    served.shows("store_read_only", 1)
    served.store.broken = False
    served.becomes("/readyz", 200)


def test_a_loop_that_has_stopped_is_reported(served: Served) -> None:
    served.becomes("/healthz", 200)
    served.stage.stop()
    served.stage.broker.meter.turned -= 5
    assert served.get("/healthz") == (503, "the broker's loop does not turn; restart the broker\n")
    assert served.get("/readyz")[0] == 503
    assert served.get("/metrics")[0] == 200


def test_a_broker_that_does_not_listen_yet_is_not_ready(served: Served) -> None:
    served.becomes("/readyz", 200)
    served.stage.broker.meter.listening = False
    assert served.get("/readyz")[0] == 503


def test_other_paths_are_not_found_and_nothing_can_be_posted(served: Served) -> None:
    assert served.get("/")[0] == 404
    assert served.get("/metrics?x=1")[0] == 200
    request = urllib.request.Request(served.server.url, data=b"x")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=DEADLINE)
    with caught.value as error:
        assert error.code == 501
        assert "Python" not in str(error.headers)


def test_metrics_are_served_over_ipv6_too() -> None:
    with closing(MetricsServer(Meter(), "::1", 0)) as server:
        assert get(server.url)[0] == 200


def test_the_command_serves_on_loopback_if_no_host_is_given(start: Callable[..., BrokerProcess]) -> None:
    broker = start("--memory", "--bind", "tcp://127.0.0.1:0", "--metrics", ":0")
    url = broker.await_line("metrics on ").rpartition("metrics on ")[2].strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/metrics", url)
    assert "chat_broker_connections 0.0" in eventually(lambda: get(url)[1], "metrics are served")
    broker.listen()
    eventually(lambda: get(url.replace("/metrics", "/readyz"))[0] == 200, "the broker is ready")
    second = start(
        "--memory", "--bind", "tcp://127.0.0.1:0", "--metrics", url[len("http://") : -len("/metrics")]
    )
    assert second.end() == 3
    assert "cannot serve metrics on 127.0.0.1:" in second.err[0]
    assert broker.stop() == 0


def test_files_disks_and_the_last_backup_are_measured(
    start: Callable[..., BrokerProcess], tmp_path: Path
) -> None:
    data, log = tmp_path / "data", tmp_path / "chat.log"
    local = ("--bind", "tcp://127.0.0.1:0", "--metrics", ":0", "--data", str(data), "--log-file", str(log))
    broker = start(*local)
    broker.listen()
    url = eventually(lambda: re.search(r"metrics on (\S+)", log.read_text()), "it says where the metrics are")
    places = ("data", "log", "process")
    looked = [f'chat_broker_surveyed_timestamp_seconds{{place="{place}"}} 1' for place in places]
    text = eventually(
        lambda: all(one in get(url[1])[1] for one in looked) and get(url[1])[1], "looked at all"
    )
    for name in ("database_bytes", "write_ahead_log_bytes", "log_bytes", 'disk_free_bytes{place="data"}'):
        assert re.search(rf"^chat_broker_{re.escape(name)} [0-9]", text, re.MULTILINE), name
    assert "chat_broker_last_backup_timestamp_seconds 0.0" in text
    assert re.search(r"^process_open_fds [1-9]", text, re.MULTILINE)
    assert broker.stop() == 0


def test_without_the_library_the_command_says_what_to_install(
    start: Callable[..., BrokerProcess], tmp_path: Path
) -> None:
    missing = 'raise ModuleNotFoundError("none", name="prometheus_client")\n'
    (tmp_path / "prometheus_client.py").write_text(missing)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    broker = start("--memory", "--bind", "tcp://127.0.0.1:0", "--metrics", ":0", PYTHONPATH=path)
    assert broker.end() == 3
    text = "--metrics needs prometheus_client; install chat-broker[metrics], or leave the option out"
    assert broker.err == [f"chat-broker: {text}\n"]


def test_a_lagging_connection_is_counted(served: Served) -> None:
    served.stage.users("bob")
    served.shows("connections", 1)
    (peer,) = served.stage.broker.core.peers
    peer.lagging = True
    served.shows("lagging_peers", 1)


@pytest.mark.parametrize("drip", [b"", b"G"])
def test_a_request_that_is_too_slow_is_cut_off_also_byte_by_byte(drip: bytes) -> None:
    with closing(MetricsServer(Meter(), "127.0.0.1", 0, request_seconds=0.5)) as server:
        address = urllib.parse.urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), DEADLINE) as connection:
            connection.settimeout(0.1)

            def is_cut_off() -> bool:
                try:
                    connection.sendall(drip)
                    return connection.recv(1) == b""
                except TimeoutError:
                    return False
                except OSError:
                    return True

            eventually(is_cut_off, "the connection ends")
        assert get(server.url)[0] == 200


def test_connections_that_ask_for_nothing_are_ended_for_others() -> None:
    with (
        closing(MetricsServer(Meter(), "127.0.0.1", 0, request_seconds=3_600)) as server,
        ExitStack() as held,
    ):
        address = urllib.parse.urlsplit(server.url)
        silent = [
            held.enter_context(socket.create_connection((address.hostname, address.port), DEADLINE))
            for _ in range(MOST_OPEN + 3)
        ]
        assert get(server.url)[0] == 200
        assert [connection.recv(1) for connection in silent[:3]] == [b""] * 3


def test_many_can_connect_while_no_connection_is_accepted(start: Callable[..., BrokerProcess]) -> None:
    broker = start("--memory", "--bind", "tcp://127.0.0.1:0", "--metrics", ":0")
    address = urllib.parse.urlsplit(broker.await_line("metrics on ").rpartition("metrics on ")[2].strip())
    broker.listen()
    broker.kill(signal.SIGSTOP)
    try:
        with ExitStack() as connections:
            for _ in range(100):
                connection = socket.create_connection((address.hostname, address.port), DEADLINE)
                connections.enter_context(connection)
    finally:
        broker.kill(signal.SIGCONT)
    assert get(address.geturl())[0] == 200
    assert broker.stop() == 0
