import pytest

from messages.endpoints import DEFAULT_ENDPOINT, Endpoint, address_to_connect, parse_endpoint
from messages.keys import key_to_address


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("tcp://127.0.0.1:9009", Endpoint("tcp://127.0.0.1:9009", "tcp", "127.0.0.1")),
        ("127.0.0.1:9009", Endpoint("tcp://127.0.0.1:9009", "tcp", "127.0.0.1")),
        ("chat.example.org:9009", Endpoint("tcp://chat.example.org:9009", "tcp", "chat.example.org")),
        ("tcp://*:9009", Endpoint("tcp://*:9009", "tcp", "*")),
        ("[::1]:9009", Endpoint("tcp://[::1]:9009", "tcp", "[::1]")),
        ("[fe80::1%eth0]:9009", Endpoint("tcp://[fe80::1%eth0]:9009", "tcp", "[fe80::1%eth0]")),
        ("localhost:0", Endpoint("tcp://localhost:0", "tcp", "localhost")),
        ("localhost:65535", Endpoint("tcp://localhost:65535", "tcp", "localhost")),
        ("localhost:00080", Endpoint("tcp://localhost:80", "tcp", "localhost")),
        ("ipc:///run/chat.sock", Endpoint("ipc:///run/chat.sock", "ipc", "")),
        ("ipc://@chat", Endpoint("ipc://@chat", "ipc", "")),
        ("inproc://chat", Endpoint("inproc://chat", "inproc", "")),
    ],
)
def test_what_people_write_is_made_into_what_zeromq_takes(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint


def test_the_default_is_an_endpoint_that_only_this_machine_reaches() -> None:
    assert parse_endpoint(DEFAULT_ENDPOINT).local


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("chat.example.org", "tcp://chat.example.org:9009"),
        ("tcp://localhost", "tcp://localhost:9009"),
        ("127.0.0.1", "tcp://127.0.0.1:9009"),
        ("[::1]", "tcp://[::1]:9009"),
        ("[fe80::1%eth0]", "tcp://[fe80::1%eth0]:9009"),
        ("tcp://[2001:DB8::1]", "tcp://[2001:db8::1]:9009"),
        ("localhost:80", "tcp://localhost:80"),
        ("ipc:///run/chat", "ipc:///run/chat"),
    ],
)
def test_a_broker_without_a_port_has_the_default_one(text: str, url: str) -> None:
    assert address_to_connect(text).url == url


def test_an_address_with_a_key_may_lack_the_port_too() -> None:
    key = key_to_address("a" * 40)
    assert address_to_connect(f"chat://chat.example.org?key={key}").url == "tcp://chat.example.org:9009"


@pytest.mark.parametrize("text", ["9009", "::1", "2001:db8::1", "localhost:", "", "a b", "tcp://"])
def test_what_is_no_host_is_no_broker(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|a port is"):
        address_to_connect(text)


FORMS = "write tcp://HOST:PORT, HOST:PORT or ipc://PATH"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("9009", "write the host too, such as tcp://127.0.0.1:9009"),
        (":9009", "write the host too, such as tcp://127.0.0.1:9009"),
        ("tcp://:9009", "write the host too, such as tcp://127.0.0.1:9009"),
        ("localhost", "write the port too, such as tcp://localhost:9009"),
        ("tcp://chat.example", "write the port too, such as tcp://chat.example:9009"),
        ("[::1]", "write the port too, such as tcp://[::1]:9009"),
        ("::1:9009", "write an IPv6 host in [ ], such as tcp://[::1]:9009"),
        ("[::1:9009", "write an IPv6 host in [ ], such as tcp://[::1]:9009"),
        ("", FORMS),
        ("/run/chat.sock", FORMS),
        ("a b:9009", FORMS),
        ("host;x:1", FORMS),
        ("ho\nst:1", FORMS),
    ],
)
def test_a_tcp_endpoint_has_a_host_and_a_port(text: str, advice: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_endpoint(text)
    assert str(refused.value) == f"{text}: {advice}"


@pytest.mark.parametrize(
    "port", ["", "65536", "-1", "+1", "http", "*", "²", "٣", "9009 ", "9_009", "9" * 5_000]
)
def test_a_port_is_a_number_from_0_to_65535(port: str) -> None:
    with pytest.raises(ValueError, match=r"a port is a number from 0 to 65535$"):
        parse_endpoint(f"tcp://localhost:{port}")


@pytest.mark.parametrize(
    "text", ["udp://h:1", "://h:1", "TCP://h:1", "ipc://", "inproc://", "ipc://a\0b", "inproc://\0"]
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=FORMS):
        parse_endpoint(text)


def test_an_ipc_path_may_have_107_bytes() -> None:
    assert parse_endpoint("ipc://" + "é" * 53 + "x").transport == "ipc"


def test_an_ipc_path_of_108_bytes_is_refused_for_no_socket_can_have_it() -> None:
    with pytest.raises(ValueError, match="an ipc path has at most 107 bytes"):
        parse_endpoint("ipc://" + "é" * 54)


def test_the_name_of_an_inproc_endpoint_has_no_such_bound() -> None:
    assert parse_endpoint("inproc://" + "x" * 108).transport == "inproc"


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1:1", "127.255.0.9:1", "[::1]:1", "localhost:1", "ipc:///run/chat.sock", "inproc://chat"],
)
def test_loopback_ipc_and_inproc_are_local(text: str) -> None:
    assert parse_endpoint(text).local


@pytest.mark.parametrize(
    "text",
    [
        "*:1",
        "0.0.0.0:1",
        "[::]:1",
        "192.168.1.2:1",
        "eth0:1",
        "localhost.example.org:1",
        "127.0.0.1.example.org:1",
    ],
)
def test_anything_that_others_might_reach_is_not_local(text: str) -> None:
    assert not parse_endpoint(text).local
