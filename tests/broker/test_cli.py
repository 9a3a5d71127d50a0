"""The options of chat-broker: where they come from, and what is said when they are wrong."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker import serve
from broker.cli import main
from broker.options.options import Options
from broker.security.keys import make_keys
from messages.endpoints import Endpoint, chat_address
from messages.version import __version__

LOCAL = Endpoint("tcp://127.0.0.1:9009", "tcp", "127.0.0.1")


class Command:
    """Runs chat-broker as far as to the point where it would serve."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(serve, "serve", self._serve)
        self.options: Options | None = None

    def _serve(self, options: Options, reread: Callable[[], Options]) -> None:
        self.options, self.reread = options, reread

    @property
    def values(self) -> dict[str, object]:
        """The values of all options by their names."""
        assert self.options is not None
        return {field.name: getattr(self.options, field.name) for field in fields(Options)}

    def run(self, *arguments: str, **environment: str) -> Result:
        result = CliRunner().invoke(main, arguments, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def option(self, name: str, *arguments: str, **environment: str) -> object:
        """Return the value that an option comes to."""
        result = self.run(*arguments, **environment)
        assert result.exit_code == 0, result.output
        return self.values[name]

    def sentence(self, code: int, *arguments: str, **environment: str) -> str:
        """Return the one sentence on stderr with which the command ends."""
        result = self.run(*arguments, **environment)
        assert (result.exit_code, result.stdout) == (code, "")
        usage, _, sentence = result.stderr.rstrip("\n").rpartition("\n")
        assert not usage or usage.startswith("Usage: ")
        assert not self.options
        return sentence


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "broker.toml"


def test_without_options_it_listens_on_loopback_only(command: Command) -> None:
    assert command.run().exit_code == 0
    assert command.values == {
        "bind": (LOCAL,),
        "insecure": False,
        "curve": False,
        "key": None,
        "names": "unique",
        "access": "open",
        "title": "",
        "motd": "",
        "heartbeat": 15.0,
        "data": None,
        "memory": False,
        "no_admin": False,
        "keep": 100_000,
        "retain": {},
        "forget_after": 90,
        "edit_for": None,
        "ticket_days": 30,
        "trust_clock": False,
        "rate": 200.0,
        "burst": 1_000,
        "no_rate_limit": False,
        "rate_limit_local": False,
        "most_users": 100_000,
        "most_rooms": 10_000,
        "max_file": 25,
        "files_per_user": 1_000,
        "files_total": 10_000,
        "cap": {},
        "log_level": "info",
        "log_file": None,
        "log_json": False,
        "syslog": None,
        "metrics": None,
        "web": None,
        "web_guests": False,
    }


def test_the_command_line_goes_before_the_environment_before_the_file_before_the_default(
    command: Command, file: Path
) -> None:
    file.write_text('title = "file"\n')
    config = ("--config", str(file))
    environment = {"CHAT_BROKER_TITLE": "environment"}
    assert command.option("title") == ""
    assert command.option("title", *config) == "file"
    assert command.option("title", *config, **environment) == "environment"
    assert command.option("title", *config, "--title", "flag", **environment) == "flag"
    assert command.option("title", "--title", "flag", *config) == "flag"


def test_every_option_can_stand_in_the_file_under_its_own_name(command: Command, file: Path) -> None:
    file.write_text(
        """
        bind = ["ipc:///tmp/chat", "127.0.0.1:9010"]
        insecure = true
        curve = false
        key = "/srv/curve.key"
        names = "shared"
        access = "invited"
        title = "The chat"
        motd = "Be\\nkind"
        heartbeat = 2.5
        data = "/srv/chat"
        memory = false
        no-admin = true
        keep = 10
        retain = ["30", "#Dev=7"]
        forget-after = 0
        edit-for = 0.5
        ticket-days = 7
        trust-clock = true
        rate = 50
        burst = 100
        no-rate-limit = true
        rate-limit-local = true
        most-users = 7
        most-rooms = 8
        max-file = 0
        files-per-user = 5
        files-total = 6
        cap = ["joins=5", "sessions-per-user=2"]
        log-level = "warning"
        log-file = "/tmp/chat.log"
        log-json = true
        syslog = "localhost:514"
        metrics = ":9100"
        web = ":8080"
        web-guests = true
        """
    )
    assert command.run("--config", str(file)).exit_code == 0
    assert command.values == {
        "bind": (
            Endpoint("ipc:///tmp/chat", "ipc", ""),
            Endpoint("tcp://127.0.0.1:9010", "tcp", "127.0.0.1"),
        ),
        "insecure": True,
        "curve": False,
        "key": Path("/srv/curve.key"),
        "names": "shared",
        "access": "invited",
        "title": "The chat",
        "motd": "Be\nkind",
        "heartbeat": 2.5,
        "data": Path("/srv/chat"),
        "memory": False,
        "no_admin": True,
        "keep": 10,
        "retain": {None: 30, "#dev": 7},
        "forget_after": 0,
        "edit_for": 0.5,
        "ticket_days": 7,
        "trust_clock": True,
        "rate": 50.0,
        "burst": 100,
        "no_rate_limit": True,
        "rate_limit_local": True,
        "most_users": 7,
        "most_rooms": 8,
        "max_file": 0,
        "files_per_user": 5,
        "files_total": 6,
        "cap": {"joins": 5, "sessions_per_user": 2},
        "log_level": "warning",
        "log_file": Path("/tmp/chat.log"),
        "log_json": True,
        "syslog": "localhost:514",
        "metrics": ("127.0.0.1", 9100),
        "web": ("127.0.0.1", 8080),
        "web_guests": True,
    }


def test_one_endpoint_in_the_file_needs_no_list(command: Command, file: Path) -> None:
    file.write_text('bind = "127.0.0.1:9009"\n')
    assert command.option("bind", "--config", str(file)) == (LOCAL,)


def test_days_in_the_file_may_be_a_number(command: Command, file: Path) -> None:
    file.write_text("retain = 30\n")
    assert command.option("retain", "--config", str(file)) == {None: 30}


def test_the_file_can_be_named_in_the_environment(command: Command, file: Path) -> None:
    file.write_text('title = "file"\n')
    assert command.option("title", CHAT_BROKER_CONFIG=str(file)) == "file"


def test_several_endpoints_can_be_given_on_the_command_line_and_in_the_environment(command: Command) -> None:
    binds = ("--bind", "127.0.0.1:9009", "--bind", "ipc:///tmp/chat")
    both = (LOCAL, Endpoint("ipc:///tmp/chat", "ipc", ""))
    assert command.option("bind", *binds) == both
    assert command.option("bind", CHAT_BROKER_BIND="127.0.0.1:9009 ipc:///tmp/chat") == both


def test_an_endpoint_that_was_read_already_stays_as_it_is() -> None:
    (bind,) = [option for option in main.params if option.name == "bind"]
    assert bind.type.convert(LOCAL, bind, None) is LOCAL


@pytest.mark.parametrize(
    ("arguments", "address"),
    [((), None), (("--syslog",), "/dev/log"), (("--syslog", "localhost:514"), "localhost:514")],
)
def test_syslog_needs_no_address(command: Command, arguments: tuple[str, ...], address: str | None) -> None:
    assert command.option("syslog", *arguments) == address


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('titel = "x"', "unknown key titel, did you mean title?"),
        ("zzz = 1", "unknown key zzz"),
        ('config = "other.toml"', "unknown key config"),
        ("version = true", "unknown key version"),
        ("title", "not TOML"),
        ('heartbeat = "often"', "heartbeat: write a number"),
        ("heartbeat = true", "heartbeat: write a number"),
        ("heartbeat = nan", "heartbeat: nan is not a number of seconds"),
        ("heartbeat = 0", "heartbeat: 0.0 is not in the range"),
        ("bind = 5", "bind: 5"),
        ('bind = "nonsense"', "bind: nonsense"),
        ('log-json = "yes"', "log-json: write true or false"),
        ('retain = "soon"', "retain: soon: give a number of days"),
        ("title = 5", "title: write a text in quotes"),
        (
            'log_level = "info"\nlog-level = "info"',
            "log-level is given twice, with - and with _; leave one out",
        ),
        ('retain = ["7", "8"]', "retain: the number for all is given twice, as 7 and as 8; leave one out"),
    ],
)
def test_a_mistake_in_the_file_is_named_in_one_sentence(
    command: Command, file: Path, text: str, complaint: str
) -> None:
    file.write_text(text)
    assert command.sentence(2, "--config", str(file)).startswith(f"chat-broker: {file}: {complaint}")


def test_no_endpoint_at_all_is_refused(command: Command, file: Path) -> None:
    file.write_text("bind = []\n")
    sentence = "No endpoint is given to listen on; name one with --bind."
    assert sentence in command.sentence(2, "--config", str(file))
    assert sentence in command.sentence(2, CHAT_BROKER_BIND=" ")


def test_a_file_that_cannot_be_read_is_named_in_one_sentence(command: Command, file: Path) -> None:
    sentence = command.sentence(2, "--config", str(file))
    assert sentence == f"chat-broker: {file}: No such file or directory"


def test_a_byte_order_mark_before_the_settings_does_no_harm(command: Command, file: Path) -> None:
    file.write_text("titel = 1\n", encoding="utf-8-sig")
    assert command.sentence(2, "--config", str(file)).startswith(f"chat-broker: {file}: unknown key titel")


def test_a_file_that_is_not_utf8_is_refused_with_the_byte(command: Command, file: Path) -> None:
    file.write_bytes('log-level = "info"\ntitle = "Küche"\n'.encode("latin-1"))
    assert command.sentence(2, "--config", str(file)) == (
        f"chat-broker: {file}: line 2, byte 11 is 0xfc, which is not UTF-8; "
        "convert the file with iconv -t UTF-8"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--bind", "nonsense"), "nonsense: write the port too, such as tcp://nonsense:9009"),
        (("--bind", "udp://127.0.0.1:9009"), "udp://127.0.0.1:9009: write tcp://HOST:PORT"),
        (("--bind", "127.0.0.1:99999"), "a port is a number from 0 to 65535"),
        (("--bind", "inproc://chat"), "inproc has no meaning between processes"),
        (("--names", "none"), "'none' is not one of 'unique', 'shared'"),
        (("--access", "all"), "'all' is not one of 'open', 'known', 'invited'"),
        (
            ("--access", "known", "--names", "shared"),
            "--access known needs --names unique.",
        ),
        (("--heartbeat", "0"), "0.0 is not in the range"),
        (("--keep", "0"), "0 is not in the range"),
        (("--metrics", "http://127.0.0.1:9100"), "http://127.0.0.1:9100: write HOST:PORT or :PORT"),
        (("--metrics", ":x"), "a port is a number from 0 to 65535"),
        (("--metrics", "9100"), "9100: write HOST:PORT or :PORT"),
        (("--retain", "soon"), "soon: give a number of days"),
        (("--retain", "#dev"), "#dev: give a number of days"),
        (("--retain", "dev=1"), "a room's name begins with #"),
        (("--retain", "-1"), "-1: give a number of days"),
        (("--cap", "doors=1"), "unknown limit doors; choose one of rooms-per-user"),
        (("--cap", "joins"), "write NAME=N"),
        (("--cap", "joins=0"), "with N from 1"),
        (("--rate", "0"), "0 is not in the range"),
        (("--burst", "63"), "63 is not in the range"),
        (("--forget-after", "-1"), "-1 is not in the range"),
        (("--ticket-days", "366"), "366 is not in the range"),
        (("--memory", "--data", "/srv/chat"), "Give --data or --memory, not both."),
        (("--log-level", "loud"), "'loud' is not one of"),
        (("--log-file", "/"), "is a directory"),
        (("--title", "a\nb"), "this text is one line"),
        (("--title", "a" * 301), "this text has at most 300 characters"),
        (("--title", "\udcff"), "byte 1 is 0xff, which is not UTF-8"),
        (("--motd", "\x1b[2J"), "without control characters"),
        (("--motd", "a" * 4_001), "a text has at most 4,000 characters"),
        (("--motd", "\udcff"), "byte 1 is 0xff, which is not UTF-8"),
        (
            ("--retain", "30", "--retain", "40"),
            "the number for all is given twice, as 30 and as 40; leave one out",
        ),
        (("--retain", "#dev=7", "--retain", "#DEV=9"), "#dev is given twice, as 7 and as 9; leave one out"),
        (("--cap", "joins=7", "--cap", "joins=7"), "joins is given twice, as 7 and as 7; leave one out"),
        (
            ("--bind", "Localhost:9009", "--bind", "tcp://localhost:9009"),
            "tcp://localhost:9009 is given twice",
        ),
        (("--bind", "ipc:///tmp/chat", "--bind", "ipc:///tmp/chat"), "ipc:///tmp/chat is given twice"),
        (
            ("--bind", "0.0.0.0:9009", "--bind", "[::]:9009"),
            "tcp://[::]:9009 listens on the address of tcp://0.0.0.0:9009 too; leave one out.",
        ),
        (
            ("--bind", "*:9009", "--bind", "127.0.0.1:9009"),
            "tcp://*:9009 listens on the address of tcp://127.0.0.1:9009 too; leave one out.",
        ),
        (
            ("--bind", "192.0.2.1:9009", "--bind", "0.0.0.0:9009"),
            "tcp://0.0.0.0:9009 listens on the address of tcp://192.0.2.1:9009 too; leave one out.",
        ),
        (("--titel", "x"), "--titel"),
        (("extra",), "extra"),
    ],
)
def test_a_wrong_option_is_a_usage_error_that_says_what_is_wrong(
    command: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    assert complaint in command.sentence(2, *arguments)


def test_a_wrong_value_in_the_environment_is_one_as_well(command: Command) -> None:
    assert "nonsense" in command.sentence(2, CHAT_BROKER_BIND="nonsense")


@pytest.mark.parametrize(
    "binds",
    [
        ("0.0.0.0:9009", "[::1]:9009"),
        ("0.0.0.0:9009", "[::]:9010"),
        ("127.0.0.1:0", "*:0"),
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("eth0:9009", "lo:9009"),
    ],
)
def test_endpoints_of_different_addresses_and_ports_go_together(
    command: Command, binds: tuple[str, str]
) -> None:
    arguments = [part for bind in binds for part in ("--bind", bind)]
    assert len(command.option("bind", *arguments)) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CHAT_BROKER_LOGLEVEL", "did you mean CHAT_BROKER_LOG_LEVEL?"),
        ("CHAT_BROKER_RETAINS", "did you mean CHAT_BROKER_RETAIN?"),
        ("CHAT_BROKER_XYZZY", "unset it."),
    ],
)
def test_a_variable_that_is_no_option_is_refused(command: Command, name: str, hint: str) -> None:
    assert (
        command.sentence(2, **{name: "7"})
        == f"Error: Unknown variable {name}{', ' if '?' in hint else '; '}{hint}"
    )


@pytest.mark.parametrize(
    "name",
    [
        "CHAT_BROKER_SERVICE_HOST",
        "CHAT_BROKER_SERVICE_PORT",
        "CHAT_BROKER_SERVICE_PORT_CHAT",
        "CHAT_BROKER_PORT",
        "CHAT_BROKER_PORT_9009_TCP",
        "CHAT_BROKER_PORT_9009_TCP_ADDR",
        "CHAT_BROKER_BACKUP_DATA",
        "CHAT_BROKERS",
    ],
)
def test_variables_of_containers_and_verbs_are_none_of_its_business(command: Command, name: str) -> None:
    assert command.option("title", **{name: "7"}) == ""


def test_nothing_is_encrypted_and_all_is_encrypted_cannot_both_be_had(command: Command) -> None:
    assert "Give --insecure or --curve, not both" in command.sentence(2, "--insecure", "--curve")


def test_a_broker_does_not_listen_on_an_address_for_clients(command: Command) -> None:
    address = chat_address("tcp://127.0.0.1:9009", make_keys().public)
    assert "bind tcp://HOST:PORT" in command.sentence(2, "--bind", address)


ENDPOINTS = {
    "*:9009": (True, False, True),
    "0.0.0.0:9009": (True, False, True),
    "192.0.2.1:9009": (True, False, True),
    "chat.example.org:9009": (True, False, True),
    "127.0.0.1:0": (False, False, True),
    "localhost:9009": (False, False, True),
    "[::1]:9009": (False, False, True),
    "ipc://@chat": (False, False, False),
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_endpoints_that_other_machines_can_reach_are_encrypted_by_default(
    command: Command, endpoint: str
) -> None:
    found = []
    for options in ([], ["--insecure"], ["--curve"]):
        assert command.run("--bind", endpoint, *options).exit_code == 0
        assert command.options is not None
        found.append(command.options.encrypts(command.options.bind[0]))
    assert tuple(found) == ENDPOINTS[endpoint]


def test_a_broker_that_cannot_start_says_why_in_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_options: object, _reread: object) -> None:
        raise serve.CannotStartError("no room at the inn")

    monkeypatch.setattr(serve, "serve", refuse)
    assert command.sentence(3) == "chat-broker: no room at the inn"


def test_the_version_is_the_distributions(command: Command) -> None:
    result = command.run("--version")
    assert (result.exit_code, result.stdout) == (0, f"chat-broker, version {__version__}\n")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_option(command: Command, flag: str) -> None:
    result = command.run(flag)
    assert result.exit_code == 0
    for option in main.params:
        assert f"--{str(option.name).replace('_', '-')}" in result.stdout


def test_help_is_quick_because_it_loads_no_zeromq() -> None:
    code = (
        "import sys, broker.cli\n"
        "try: broker.cli.main(['--help'])\n"
        "except SystemExit: print('zmq' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
