"""What the access log shows of an address."""

from __future__ import annotations

import pytest

from client.web.operating.watching import shown_path
from client.web.visits import Visit


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/chat/", "/chat/"),
        ("/chat/session", "/chat/session"),
        ("/chat/files/aNiDoFaFile", "/chat/files/*"),
        ("/chat/files/of/@bob/12/1", "/chat/files/of/*"),
        ("/chat/static/0a0b/main.js", "/chat/static/*"),
        ("/chat/invite=secret", "-"),
        ("/secret", "-"),
    ],
)
def test_ids_and_foreign_paths_are_left_out(path: str, shown: str) -> None:
    assert shown_path(path, "/chat") == shown


def test_a_password_in_the_place_of_the_name_is_not_noted() -> None:
    visit = Visit("POST", "/session", 0.0)
    visit.sign_in("correct horse battery")
    assert visit.name == ""
    visit.sign_in("alice")
    assert visit.name == "alice"
