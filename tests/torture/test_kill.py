"""What was acknowledged is on disk: a broker killed under load, again and again, against its log."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from random import Random

from programs import House, Program, house
from torture.conftest import BrokerFactory
from torture.durable_broker import LATE, DurableBroker
from torture.figures import figure
from torture.stored import Acked, Findings, Ledger, compare, read_epoch, read_log
from torture.talkers import Load

SEED = 20_261
LINES = 200


def kill_under_load(broker: DurableBroker, ledger: Ledger, kills: int, seed: int) -> None:
    """Kill a broker at random moments while several clients talk, and start it again each time."""
    random = Random(seed)
    with Load(broker.url, ledger, seed):
        for _ in range(kills):
            ledger.after(random.randint(1, 400), broker.kill)
            broker.start_again()


def send_lines(programs: House, url: str, name: str) -> Program:
    """Start `chat-client send` with many lines."""
    program = programs.client(url, name, "--timeout", "60", "--finish", "60", "send", "--json", "#lobby", "-")
    program.type("".join(f"{name} says line {number}\n" for number in range(LINES)))
    program.end_input()
    return program


def enter_accepted(ledger: Ledger, program: Program) -> None:
    """Note what a client has written of its acknowledgements."""
    for line in program.out:
        accepted = json.loads(line)
        ledger.enter(Acked(accepted["re"], accepted["conversation"], accepted["seq"], None))


def test_whatever_was_acknowledged_is_in_the_log_once_after_kills_at_random_moments(
    make_broker: BrokerFactory, tmp_path: Path
) -> None:
    broker, ledger, kills = make_broker(), Ledger(), figure(8, 1_000, in_ci=25)
    epoch = read_epoch(broker.data)
    with house(tmp_path) as programs:
        senders = [send_lines(programs, broker.url, name) for name in ("ann", "ben")]
        kill_under_load(broker, ledger, kills, SEED)
        assert [sender.wait() for sender in senders] == [0, 0], [sender.err for sender in senders]
    for sender in senders:
        assert len(sender.out) == LINES
        enter_accepted(ledger, sender)
    assert broker.stop() == 0
    rows = read_log(broker.data)
    assert compare(ledger, rows) == Findings(), f"seed {SEED}"
    assert len(rows) >= len(ledger.acked) > kills
    assert read_epoch(broker.data) == epoch, "a kill was taken for a loss"
    print(f"\n{kills} kills, {len(ledger.acked):,} messages acknowledged: none lost, none twice, no holes")


def test_a_broker_that_acknowledges_before_it_commits_is_found_out(make_broker: BrokerFactory) -> None:
    broker, ledger = make_broker(program=LATE), Ledger()
    for attempt in count(1):
        kill_under_load(broker, ledger, 3, SEED + attempt)
        broker.kill()
        broker.process.end()
        if compare(ledger, read_log(broker.data)) != Findings():
            return
        assert attempt < 5, "a log that lacks what was acknowledged passed the comparison"
        broker.start_again()
