import socket

import pytest
from launch_stage import Stage, finish

from client.launcher import page
from client.launcher.programs import LaunchFailed


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of what is set here reach the brokers of other tests."""
    for name in ("CHAT_BROKER_WEB", "CHAT_BROKER_MOTD"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_the_page_gets_the_first_port_that_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(page, "FIRST_PORT", port)
        sentence = page.open_page()
        chosen = int(sentence.rpartition(":")[2].rstrip("/"))
        assert port < chosen < port + page.PORTS
        assert page.os.environ.pop("CHAT_BROKER_WEB") == f"127.0.0.1:{chosen}"
        assert page.os.environ["CHAT_BROKER_MOTD"] == sentence
        monkeypatch.setattr(page, "PORTS", 1)
        with pytest.raises(LaunchFailed, match="are in use"):
            page.open_page()


def test_without_the_extra_there_is_a_sentence_and_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "find_spec", lambda name: None)
    assert page.open_page() == "There is no page for browsers, as chat-broker[web] is not installed."
    assert "CHAT_BROKER_WEB" not in page.os.environ


def test_the_address_of_the_page_is_told_before_the_client_starts(stage: Stage) -> None:
    _, _, err = finish(stage.launch("--here", "--web", FAKE_CLIENT="quit"))
    assert "The page for browsers is at http://127.0.0.1:80" in err
    assert "The page" not in finish(stage.launch("--here", FAKE_CLIENT="quit"))[2]
