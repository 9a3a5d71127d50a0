"""chat-client in pipes and scripts."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from programs import SCRIPTS, House


def test_a_line_piped_into_send_is_accepted_and_tail_writes_it_as_json(house: House) -> None:
    broker, endpoint = house.broker()
    watcher = house.client(endpoint, "watcher", "tail", "#lobby", "--json", "--count", "2")
    broker.says("watcher logged in")
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("deploy done\nall green\n")
    sender.end_input()

    assert sender.wait() == 0
    assert watcher.wait() == 0
    documents = [json.loads(line) for line in watcher.out]
    assert [(d["type"], d["sender"], d["text"], d["seq"]) for d in documents] == [
        ("message", "ci", "deploy done", 1),
        ("message", "ci", "all green", 2),
    ]
    assert watcher.err == []


def test_line_mode_writes_messages_to_stdout_and_notices_to_stderr(house: House) -> None:
    _broker, endpoint = house.broker("--title", "Den", "--motd", "be kind")
    bob = house.client(endpoint, "bob")
    bob.says("Connected to Den")
    alice = house.client(endpoint, "alice")
    alice.type("hello bob\n/msg bob psst\n/me waves\n")
    alice.end_input()

    assert alice.wait() == 0
    bob.says("* alice waves")
    bob.end_input()
    assert bob.wait() == 0
    assert [line[6:] for line in bob.out] == ["alice: hello bob", "alice (direct): psst", "* alice waves"]
    assert any("be kind" in line for line in bob.err)
    assert alice.out == []
    assert any("accepted" in line or "delivered" in line for line in alice.err)


def test_scripts_come_and_go_unseen_and_what_follows_a_conversation_does_not(house: House) -> None:
    endpoint = house.endpoint()
    alice = house.client(endpoint, "alice")
    alice.says("Connected to")
    for verb in (["send", "#lobby", "one"], ["send", "#lobby", "two"], ["history", "#lobby"], ["who"]):
        assert house.client(endpoint, "cron", *verb).wait() == 0
    pipe = house.client(endpoint, "pipe")
    pipe.end_input()
    assert pipe.wait() == 0
    assert house.client(endpoint, "cron", "search", "one").wait() == 0
    watcher = house.client(endpoint, "cron", "tail", "#lobby", "--count", "1")
    alice.type("hello cron\n")
    assert watcher.wait() == 0
    alice.end_input()
    assert alice.wait() == 0
    assert [line[6:] for line in alice.out] == ["cron: one", "cron: two"]
    notices = [line for line in alice.err if "the chat" in line]
    assert [" joined " in line for line in notices] == [True, False], notices


def test_many_lines_arrive_once_and_in_order(house: House) -> None:
    _broker, endpoint = house.broker("--log-level", "warning")
    watcher = house.client(endpoint, "watcher", "tail", "#flood", "--json", "--count", "5000")
    probe = house.client(endpoint, "probe", "who", "#flood")
    while probe.wait() != 0 or not any("watcher" in line for line in probe.out):
        probe = house.client(endpoint, "probe", "who", "#flood")
    sender = house.client(endpoint, "ci", "send", "#flood", "-")
    sender.type("".join(f"line {number}\n" for number in range(5_000)))
    sender.end_input()

    assert sender.wait() == 0
    assert watcher.wait() == 0
    assert [json.loads(line)["text"] for line in watcher.out] == [f"line {n}" for n in range(5_000)]


def test_the_end_of_input_waits_for_acceptance_and_says_6_if_there_is_none(house: House) -> None:
    broker, endpoint = house.broker()
    sender = house.client(endpoint, "ci", "--finish", "0.5")
    sender.says("Connected to")
    broker.process.kill()
    broker.wait()
    sender.says("Lost the broker")
    sender.type("never accepted\n")
    sender.end_input()

    assert sender.wait() == 6
    assert sender.err[-1] == "chat-client: 1 message was not confirmed by the broker"


def test_what_is_refused_ends_send_with_6(house: House) -> None:
    endpoint = house.endpoint()
    sender = house.client(endpoint, "ci", "send", "@nobody", "hello")
    assert sender.wait() == 6
    assert "no user has this name" in sender.err[0]


def test_no_broker_is_told_with_the_endpoint_the_reason_and_4(house: House) -> None:
    broker, endpoint = house.broker()
    broker.process.terminate()
    assert broker.wait() == 0
    client = house.client(endpoint, "alice", "--timeout", "0.5")
    assert client.wait() == 4
    assert client.err == [
        f"chat-client: Unable to connect to {endpoint}: connection refused, no broker listens there"
    ]


def test_a_name_in_use_ends_a_script_with_5(house: House) -> None:
    endpoint = house.endpoint()
    house.client(endpoint, "alice").says("Connected")
    second = house.client(endpoint, "alice")
    assert second.wait() == 5
    assert "this name is in use" in second.err[-1]


def test_without_a_name_and_a_terminal_the_usage_is_told_with_2(house: House) -> None:
    client = house.program("chat-client")
    client.end_input()
    assert client.wait() == 2
    assert any("--name" in line for line in client.err)


def test_history_and_who_write_what_was_asked_for(house: House) -> None:
    endpoint = house.endpoint()
    assert house.client(endpoint, "ci", "send", "#builds", "one").wait() == 0
    assert house.client(endpoint, "ci", "send", "#builds", "two").wait() == 0
    past = house.client(endpoint, "reader", "history", "#builds", "--limit", "1")
    assert past.wait() == 0
    assert [line[6:] for line in past.out] == ["#builds ci: two"]
    who = house.client(endpoint, "reader", "who", "--json")
    assert who.wait() == 0
    assert [user["name"] for user in json.loads(who.out[0])["users"]] == ["reader"]


def test_a_reader_of_the_pipe_that_goes_ends_the_client_without_a_word(house: House) -> None:
    broker, endpoint = house.broker()
    pipeline = house.shell(
        f"{SCRIPTS}/chat-client --connect {endpoint} --name watcher tail '#lobby' | head -n 1; echo done"
    )
    broker.says("watcher logged in")
    for text in ("one", "two"):
        assert house.client(endpoint, "ci", "send", "#lobby", text).wait() == 0
    assert pipeline.wait() == 0
    assert pipeline.out[0].endswith("#lobby ci: one")
    assert pipeline.out[1:] == ["done"]
    assert pipeline.err == []


def test_a_line_that_cannot_be_sent_is_named_and_the_others_are_sent(house: House) -> None:
    endpoint = house.endpoint()
    sender = house.client(endpoint, "ci", "send", "#lobby", "-", "--json")
    sender.type(f"one\n\n{'x' * 4_001}\nfour")
    sender.end_input()
    assert sender.wait() == 6
    long = "this text has 4,001 characters, 1 more than a message may have"
    assert sender.err == [f"line 3 was not sent: {long}"]
    accepted = [json.loads(line) for line in sender.out]
    assert [(document["type"], document["seq"]) for document in accepted] == [
        ("accepted", 1),
        ("accepted", 2),
    ]


def test_commands_in_a_pipe_work_and_a_wrong_one_ends_with_6(house: House) -> None:
    endpoint = house.endpoint()
    client = house.client(endpoint, "alice")
    client.type("/count\n/msg bob\n/message\n/nonsense\n")
    client.end_input()
    assert client.wait() == 6
    assert client.out == ["1 user online"]
    assert [line for line in client.err if line.startswith(("Usage", "Unknown"))] == [
        "Usage: /msg NAME TEXT",
        "Usage: /message [NAME TEXT]",
        "Unknown command /nonsense; /help lists the commands. To say it, type //nonsense.",
    ]


def test_json_in_line_mode_is_what_the_broker_said(house: House) -> None:
    endpoint = house.endpoint()
    bob = house.client(endpoint, "bob", "--json")
    bob.says("Connected")
    alice = house.client(endpoint, "alice")
    alice.type("hello\n")
    alice.end_input()
    assert alice.wait() == 0
    bob.says('"text":"hello"')
    bob.type("/time\n")
    bob.end_input()
    assert bob.wait() == 0
    documents = [json.loads(line) for line in bob.out]
    assert [document["type"] for document in documents] == ["message", "clock"]


def test_verbose_shows_every_document_and_quiet_no_notice(house: House) -> None:
    endpoint = house.endpoint()
    loud = house.client(endpoint, "loud", "-v", "who")
    assert loud.wait() == 0
    assert any(line.startswith('> {"type":"login"') for line in loud.err)
    assert any(line.startswith('< {"type":"welcome"') for line in loud.err)
    quiet = house.client(endpoint, "quiet", "-q")
    quiet.end_input()
    assert quiet.wait() == 0
    assert quiet.err == []


def test_what_was_refused_is_told_also_without_notices(house: House) -> None:
    endpoint = house.endpoint()
    quiet = house.client(endpoint, "quiet", "-q")
    quiet.type("/nosuch\n/msg nobody hi\n/kick bob\n")
    quiet.end_input()
    assert quiet.wait() == 6
    said = "\n".join([*quiet.err, *quiet.out])
    for part in ("Unknown command /nosuch", "no user has this name", "this needs an operator"):
        assert part in said
    assert "Connected" not in said


def test_what_the_broker_refuses_ends_a_verb_with_1_and_its_sentence(house: House) -> None:
    endpoint = house.endpoint()
    who = house.client(endpoint, "alice", "who", "#nowhere")
    assert who.wait() == 1
    assert who.err == ["chat-client: there is no such room; check the name, or join it to open it"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--connect", "udp://x:1"), "write tcp://HOST:PORT"),
        (("--name", "9"), "a name begins with a letter"),
        (("--name", "x", "send", "lobby", "hi"), "a conversation is written #room or @user"),
        (("--name", "x", "who", "lobby"), "a room's name begins with #"),
        (("--name", "x", "search", "in:#lobby"), "Error: give a word to look for, or a sender."),
        (("--config", "/nonexistent.toml"), "No such file"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_with_2(
    house: House, arguments: tuple[str, ...], sentence: str
) -> None:
    client = house.program("chat-client", *arguments)
    assert client.wait() == 2
    assert sentence in client.err[-1]


def test_settings_come_from_flag_then_environment_then_file(house: House) -> None:
    endpoint = house.endpoint()
    settings = house.home / "client.toml"
    settings.write_text(f'connect = "{endpoint}"\nname = "from-file"\njson = true\n')
    client = house.program("chat-client", "--config", str(settings), "who")
    assert client.wait() == 0
    assert json.loads(client.out[0])["users"][0]["name"] == "from-file"
    flagged = house.program("chat-client", "--config", str(settings), "--name", "flag", "who")
    assert flagged.wait() == 0
    assert json.loads(flagged.out[0])["users"][0]["name"] == "flag"
    settings.write_text('nmae = "typo"\n')
    wrong = house.program("chat-client", "--config", str(settings), "who")
    assert wrong.wait() == 2
    assert "unknown key nmae, did you mean name?" in wrong.err[-1]
    settings.write_text('timeout = "long"\n')
    wrong = house.program("chat-client", "--config", str(settings), "who")
    assert wrong.wait() == 2
    assert wrong.err == [f"chat-client: {settings}: timeout: write a number"]


def test_help_of_a_verb_needs_no_name(house: House) -> None:
    shown = house.program("chat-client", "send", "--help")
    assert shown.wait() == 0
    assert any("accepted everything" in line for line in shown.out)


def test_tail_of_a_direct_conversation_writes_only_that(house: House) -> None:
    broker, endpoint = house.broker()
    assert house.client(endpoint, "ci", "who").wait() == 0
    watcher = house.client(endpoint, "watcher", "tail", "@ci", "--count", "1")
    broker.says("watcher logged in")
    assert house.client(endpoint, "ci", "send", "#lobby", "to all").wait() == 0
    assert house.client(endpoint, "ci", "send", "@watcher", "to you").wait() == 0
    assert watcher.wait() == 0
    assert [line[6:] for line in watcher.out] == ["ci (direct): to you"]


def test_history_of_more_than_a_page_is_written_in_order(house: House) -> None:
    _broker, endpoint = house.broker("--log-level", "warning")
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("".join(f"line {number}\n" for number in range(250)))
    sender.end_input()
    assert sender.wait() == 0
    past = house.client(endpoint, "reader", "history", "#lobby", "--limit", "220", "--json")
    assert past.wait() == 0
    assert [json.loads(line)["seq"] for line in past.out] == list(range(31, 251))


@pytest.mark.parametrize("kind", ["term", "hup"])
def test_a_signal_lets_a_piped_client_leave_in_order(house: House, kind: str) -> None:
    broker, endpoint = house.broker()
    client = house.client(endpoint, "alice")
    client.says("Connected")
    client.process.send_signal({"term": 15, "hup": 1}[kind])
    assert client.wait() == 0
    broker.says("alice left (logged out)")


def test_what_one_user_typed_is_never_sent_under_the_name_of_the_next(house: House) -> None:
    endpoint = house.endpoint()
    client = house.client(endpoint, "alice")
    client.type("from alice\n/login bob\nfrom bob\n")
    client.end_input()
    client.wait()
    past = house.client(endpoint, "reader", "history", "#lobby")
    assert past.wait() == 0
    said = [line[6:] for line in past.out]
    assert "#lobby alice: from alice" in said
    assert "#lobby bob: from alice" not in said


def test_a_tail_goes_on_in_its_room_when_the_broker_has_forgotten_it(house: House) -> None:
    broker, endpoint = house.broker("--memory")
    watcher = house.client(endpoint, "watcher", "tail", "#dev", "--count", "1")
    broker.says("watcher asked for join")
    broker.process.kill()
    broker.wait()
    again, _endpoint = house.broker("--memory", bind=endpoint)
    again.says("watcher asked for join")
    assert house.client(endpoint, "ci", "send", "#dev", "still heard").wait() == 0
    assert watcher.wait() == 0
    assert [line[6:] for line in watcher.out] == ["#dev ci: still heard"]


def test_a_tail_whose_name_was_taken_meanwhile_ends_with_5(house: House) -> None:
    broker, endpoint = house.broker()
    watcher = house.client(endpoint, "watcher", "tail", "#lobby")
    broker.says("watcher logged in")
    watcher.process.send_signal(signal.SIGSTOP)
    broker.process.kill()
    broker.wait()
    house.broker(bind=endpoint)
    house.client(endpoint, "watcher").says("Connected")
    watcher.process.send_signal(signal.SIGCONT)
    assert watcher.wait() == 5
    assert "this name is in use" in watcher.err[-1]


def test_lines_behind_a_join_go_to_that_room_only(house: House) -> None:
    endpoint = house.endpoint()
    client = house.client(endpoint, "alice")
    client.type("/join #secret\nfor secret only\n")
    client.end_input()
    assert client.wait() == 0
    past = house.client(endpoint, "reader", "history", "#secret")
    assert past.wait() == 0
    assert [line[6:] for line in past.out] == ["#secret alice: for secret only"]


def test_a_tail_writes_first_what_was_missed_since_the_last_one(house: House) -> None:
    broker, endpoint = house.broker()
    first = house.client(endpoint, "logger", "tail", "#lobby", "--count", "1")
    broker.says("logger logged in")
    for text in ("one", "two", "three"):
        assert house.client(endpoint, "ci", "send", "#lobby", text).wait() == 0
    assert first.wait() == 0
    second = house.client(endpoint, "logger", "tail", "#lobby", "--count", "2")
    assert second.wait() == 0
    assert [line[6:] for line in first.out + second.out] == [
        "#lobby ci: one",
        "#lobby ci: two",
        "#lobby ci: three",
    ]


def test_a_tail_names_what_cannot_be_had_any_more(house: House) -> None:
    _broker, endpoint = house.broker("--memory", "--keep", "5")
    assert house.client(endpoint, "logger", "history", "#lobby").wait() == 0
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("".join(f"line {number}\n" for number in range(1, 21)))
    sender.end_input()
    assert sender.wait() == 0
    logger = house.client(endpoint, "logger", "tail", "#lobby", "--count", "5")
    assert logger.wait() == 0
    assert logger.err == ["Messages 1 to 15 of #lobby are lost."]
    assert [line[6:] for line in logger.out] == [f"#lobby ci: line {n}" for n in range(16, 21)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_a_tail_log_out(house: House, number: signal.Signals) -> None:
    broker, endpoint = house.broker()
    watcher = house.client(endpoint, "watcher", "tail", "#lobby")
    broker.says("watcher logged in")
    assert house.client(endpoint, "ci", "send", "#lobby", "here").wait() == 0
    watcher.says("here")
    watcher.process.send_signal(number)
    assert watcher.wait() == 0
    broker.says("watcher left (logged out)")


@pytest.mark.parametrize("redirection", [">&-", "<&-", "> /dev/full"])
def test_a_stream_that_cannot_be_used_ends_without_a_traceback(house: House, redirection: str) -> None:
    endpoint = house.endpoint()
    command = f"{SCRIPTS}/chat-client --connect {endpoint} --name alice who"
    shell = house.shell(f"{command} {redirection}")
    assert shell.wait() in (0, 1)
    assert not any("Traceback" in line for line in shell.err)


def test_a_number_that_is_none_is_refused(house: House) -> None:
    client = house.program("chat-client", "--name", "alice", "--timeout", "nan", "who")
    assert client.wait() == 2
    broker = house.program("chat-broker", "--heartbeat", "nan")
    assert broker.wait() == 2


def test_a_broker_never_takes_the_place_of_a_file(house: House, short_path: Path) -> None:
    precious = short_path / "precious"
    precious.write_text("keep me")
    broker = house.program("chat-broker", "--bind", f"ipc://{precious}")
    assert broker.wait() == 3
    assert broker.err == [f"chat-broker: {precious} exists and is not a socket; choose another path"]
    assert precious.read_text() == "keep me"


@pytest.mark.parametrize("arguments", [("#lobby", ""), ("#lobby", " ", " ")])
def test_an_empty_text_is_refused_with_2(house: House, arguments: tuple[str, ...]) -> None:
    client = house.program("chat-client", "--name", "alice", "send", *arguments)
    assert client.wait() == 2
    assert client.err[-1] == "Error: TEXT is empty; give a text, or - to send each line of the input."


def test_of_very_many_lines_that_cannot_be_sent_the_first_are_named_and_the_others_counted(
    house: House,
) -> None:
    endpoint = house.endpoint()
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("\x01\n" * 40)
    sender.end_input()
    assert sender.wait() == 6
    assert [line.partition(":")[0] for line in sender.err] == [
        *(f"line {number} was not sent" for number in range(1, 6)),
        "35 further lines were not sent",
    ]


def test_a_verb_joins_a_room_only_if_it_must(house: House) -> None:
    broker, endpoint = house.broker()
    for text in ("one", "two"):
        assert house.client(endpoint, "ci", "send", "#builds", text).wait() == 0
    assert house.client(endpoint, "ci", "history", "#builds").wait() == 0
    assert house.client(endpoint, "ci", "send", "#lobby", "done").wait() == 0
    broker.says("ci left")
    assert len([line for line in broker.out + broker.err if "ci asked for join" in line]) == 1


def test_history_opens_no_room(house: House) -> None:
    endpoint = house.endpoint()
    past = house.client(endpoint, "reader", "history", "#nowhere")
    assert past.wait() == 1
    assert past.err == ["chat-client: there is no such room; check the name, or join it to open it"]


def test_history_since_a_time_writes_all_from_then_on_page_by_page(house: House) -> None:
    _broker, endpoint = house.broker("--log-level", "warning")
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("".join(f"line {number}\n" for number in range(250)))
    sender.end_input()
    assert sender.wait() == 0
    for limit, seqs in (((), range(1, 251)), (("--limit", "120"), range(1, 121))):
        past = house.client(endpoint, "reader", "history", "#lobby", "--since", "1h", *limit, "--json")
        assert past.wait() == 0
        assert [json.loads(line)["seq"] for line in past.out] == list(seqs)
    none = house.client(endpoint, "reader", "history", "#lobby", "--since", "2999-01-01")
    assert none.wait() == 0
    assert none.out == []


def test_search_writes_what_it_finds_oldest_first_and_nothing_with_1_if_there_is_none(house: House) -> None:
    endpoint = house.endpoint()
    for text in ("the disk is full", "all is well", "another disk"):
        assert house.client(endpoint, "ci", "send", "#lobby", text).wait() == 0
    found = house.client(endpoint, "reader", "search", "disk", "in:#lobby", "--json")
    assert found.wait() == 0
    assert [json.loads(line)["text"] for line in found.out] == ["the disk is full", "another disk"]
    as_text = house.client(endpoint, "reader", "search", "disk", "from:ci", "after:1h", "--limit", "1")
    assert as_text.wait() == 0
    assert [line[17:] for line in as_text.out] == ["#lobby 3 ci: another disk"]
    none = house.client(endpoint, "reader", "search", "disk", "before:1h")
    assert none.wait() == 1
    assert none.out == none.err == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("search", "disk", "after:soon"), "soon is not a time; write it like 2026-11-20"),
        (("search", "in:#dev"), "give a word to look for, or a sender"),
        (("history", "#lobby", "--since", "soon"), "soon is not a time; write it like 2026-11-20"),
    ],
)
def test_what_cannot_be_looked_for_is_told_with_2(
    house: House, arguments: tuple[str, ...], sentence: str
) -> None:
    client = house.program("chat-client", "--name", "alice", *arguments)
    assert client.wait() == 2
    assert sentence in " ".join(client.err)


def test_a_pipe_reads_nothing_by_itself(house: House) -> None:
    endpoint = house.endpoint()
    bob = house.client(endpoint, "bob")
    bob.says("Connected")
    alice = house.client(endpoint, "alice")
    alice.type("/receipts on\n/msg bob hello\n")
    bob.says("alice (direct): hello")
    bob.type("I am a program\n")
    alice.says("bob: I am a program")
    alice.says("[@bob 1: delivered]")
    bob.end_input()
    assert bob.wait() == 0
    alice.end_input()
    assert alice.wait() == 0
    assert not any("read" in line for line in alice.err)


def test_send_says_for_whom_the_last_message_waits(house: House) -> None:
    endpoint = house.endpoint()
    assert house.client(endpoint, "bob", "who").wait() == 0
    sender = house.client(endpoint, "ci", "send", "@bob", "-")
    sender.type("one\ntwo\n")
    sender.end_input()
    assert sender.wait() == 0
    assert sender.err == ["[@bob 2: accepted, waits for bob]"]


def test_a_tail_leaves_other_conversations_to_whoever_reads_them(house: House) -> None:
    broker, endpoint = house.broker()
    watcher = house.client(endpoint, "watcher", "tail", "#lobby", "--count", "1")
    broker.says("watcher logged in")
    assert house.client(endpoint, "ci", "send", "@watcher", "to you").wait() == 0
    assert house.client(endpoint, "ci", "send", "#lobby", "to all").wait() == 0
    assert watcher.wait() == 0
    assert [line[6:] for line in watcher.out] == ["#lobby ci: to all"]
    later = house.client(endpoint, "watcher", "tail", "@ci", "--count", "1")
    assert later.wait() == 0
    assert [line[6:] for line in later.out] == ["ci (direct): to you"]


def test_without_a_key_no_device_is_linked_which_a_sentence_says(house: House) -> None:
    endpoint = house.endpoint()
    client = house.client(endpoint, "alice", "link")
    assert client.wait() == 1
    assert client.err == [
        "chat-client: this connection has no key of yours; connect encrypted, and log in there"
    ]


def test_a_code_is_given_without_a_name_and_needs_a_key(house: House) -> None:
    endpoint = house.endpoint()
    client = house.program("chat-client", "--connect", endpoint, "--link", "K7QXN2FP", "who")
    assert client.wait() == 5
    assert client.err == [
        "chat-client: the broker refused the login: "
        "this connection has no key of yours; connect encrypted, and log in there"
    ]


def test_where_one_must_be_invited_who_is_not_learns_whom_to_ask(house: House) -> None:
    _broker, endpoint = house.broker("--access", "invited")
    client = house.client(endpoint, "alice", "who")
    assert client.wait() == 5
    assert client.err == [
        "chat-client: the broker refused the login: "
        "this chat is not open to everyone; ask the operator for an invite"
    ]


def test_a_long_pipe_goes_as_slowly_as_the_broker_wants_and_loses_nothing(house: House) -> None:
    broker, endpoint = house.broker("--rate", "1000", "--burst", "64", "--rate-limit-local")
    lines = [f"line {number}" for number in range(1_000)]
    watcher = house.client(endpoint, "watcher", "tail", "#lobby", "--json", "--count", str(len(lines)))
    broker.says("watcher logged in")
    sender = house.client(endpoint, "ci", "send", "#lobby", "-")
    sender.type("".join(f"{line}\n" for line in lines))
    sender.end_input()
    assert sender.wait() == 0
    assert watcher.wait() == 0
    assert [json.loads(line)["text"] for line in watcher.out] == lines
    assert sender.err == []


@pytest.mark.parametrize("verb", [(), ("send", "#lobby", "-")], ids=["chat", "send"])
def test_a_pipe_that_goes_on_is_not_given_up_however_long_it_takes(
    house: House, verb: tuple[str, ...]
) -> None:
    _broker, endpoint = house.broker("--rate", "5", "--burst", "64", "--rate-limit-local")
    sender = house.client(endpoint, "ci", "--finish", "1.5", *verb)  # which is less than all of it takes
    sender.type("".join(f"line {number}\n" for number in range(80)))
    sender.end_input()
    assert sender.wait() == 0, sender.err


def test_verbs_correct_what_was_sent(house: House) -> None:
    _broker, endpoint = house.broker()
    assert house.client(endpoint, "ci", "send", "#builds", "filed").wait() == 0
    edit = house.client(endpoint, "ci", "edit", "#builds", "1", "-")
    edit.type("failed:\n\x1b[31mtest_a\x1b[0m\n")
    edit.end_input()
    assert edit.wait() == 0
    assert house.client(endpoint, "ci", "react", "#builds", "1", ":tada:").wait() == 0
    wrong = house.client(endpoint, "ci", "react", "#builds", "1", ":chekc:")
    assert wrong.wait() == 2
    assert any("no emoji is called :chekc:" in line for line in wrong.err)
    numbered = house.client(endpoint, "ci", "history", "#builds", "--numbers")
    assert numbered.wait() == 0
    assert [line[6:] for line in numbered.out] == [
        "#builds 1 ci (edited): failed:",
        "test_a",
        "[#builds 1: 🎉 1]",
    ]
    past = house.client(endpoint, "ci", "history", "#builds", "--thread", "1", "--json")
    assert past.wait() == 0
    now = json.loads(past.out[0])
    assert (now["text"], now["reactions"][0]["reaction"]) == ("failed:\ntest_a", "🎉")
