"""Key files of the broker and of the client: made whole and private, refused otherwise, never overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import broker.security.keys
import client.keys
from messages.keys import (
    KeyPair,
    fingerprint,
    key_from_address,
    key_from_bytes,
    key_to_address,
    key_to_bytes,
    refuse_shared,
)

LOADERS: list[tuple[Callable[[Path], KeyPair], type[Exception]]] = [
    (broker.security.keys.load_or_make, broker.security.keys.KeyFileError),
    (client.keys.load_or_make, client.keys.KeyFileError),
]


@pytest.fixture(params=LOADERS, ids=["broker", "client"])
def load(request: pytest.FixtureRequest) -> Callable[[Path], KeyPair]:
    return request.param[0]  # type: ignore[no-any-return]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "a.key"


def refusal(load: Callable[[Path], KeyPair], path: Path) -> str:
    """Return the sentence of a refusal. The file must stay as it is."""
    before = path.lstat(), path.is_file() and path.read_bytes()
    with pytest.raises(tuple(error for _, error in LOADERS)) as caught:
        load(path)
    after = path.lstat(), path.is_file() and path.read_bytes()
    assert (before[0].st_ino, before[0].st_mode, before[1]) == (after[0].st_ino, after[0].st_mode, after[1])
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_key_is_made_once_and_is_its_owners_alone(load: Callable[[Path], KeyPair], path: Path) -> None:
    old = os.umask(0)
    try:
        made = load(path)
    finally:
        os.umask(old)
    assert load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [*path.parent.iterdir()] == [path]


def test_the_secret_does_not_show_where_a_pair_is_printed(
    load: Callable[[Path], KeyPair], path: Path
) -> None:
    keys = load(path)
    assert keys.secret not in f"{keys!r} {keys}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o610, 0o622])
def test_a_key_that_others_can_use_is_refused(load: Callable[[Path], KeyPair], path: Path, mode: int) -> None:
    load(path)
    path.chmod(mode)
    assert f"(mode 0{mode:o}); run chmod 600 on it" in refusal(load, path)


@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_is_refused(load: Callable[[Path], KeyPair], path: Path, exists: bool) -> None:
    target = path.with_name("target")
    load(target)
    if not exists:
        target.unlink()
    path.symlink_to(target)
    assert "is a symbolic link" in refusal(load, path)
    assert target.exists() is exists


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_a_directory_or_fifo_is_refused_at_once(
    load: Callable[[Path], KeyPair], path: Path, kind: str
) -> None:
    path.parent.mkdir()
    path.mkdir(0o700) if kind == "directory" else os.mkfifo(path, 0o600)
    assert "is not a plain file" in refusal(load, path)


def test_any_part_of_a_key_is_refused(load: Callable[[Path], KeyPair], path: Path) -> None:
    load(path)
    whole = path.read_bytes()
    other = load(path.with_name("other")).secret.encode()
    halves = [whole[:size] for size in range(len(whole))]
    wrong = whole[:-41] + other + b"\n"
    for content in [*halves, wrong, whole + b"\n", b"\xff" * len(whole), b"x" * 5_000]:
        path.write_bytes(content)
        assert "is not a whole key" in refusal(load, path)
    path.write_bytes(whole)
    load(path)


_MAKE = """
import sys
from pathlib import Path
from broker.security.keys import load_or_make
print(load_or_make(Path(sys.argv[1])).public)
"""


def test_processes_that_make_the_key_at_once_get_the_same(path: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", _MAKE, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in started}) == 1
    assert [*path.parent.iterdir()] == [path]


def test_what_a_program_left_that_was_killed_while_it_made_the_key_is_cleared(
    load: Callable[[Path], KeyPair], path: Path
) -> None:
    path.parent.mkdir(0o700)
    left = path.with_name(f".{path.name}.{'0123456789abcdef'}")
    for _ in ("there is no key yet", "there is one"):
        left.write_text("half a key")
        others = [path.with_name(name) for name in (f".{path.name}.old", f".other.{'0' * 16}")]
        for other in others:
            other.write_text("another's")
        load(path)
        assert sorted(path.parent.iterdir()) == sorted([path, *others])


@pytest.mark.parametrize("module", [broker.security.keys, client.keys], ids=["broker", "client"])
def test_a_program_that_starts_meanwhile_and_clears_it_does_no_harm(
    module: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, cleared = os.link, list[str]()

    def clear_and_link(source: Path, target: Path, **options: bool) -> None:
        if not cleared:
            cleared.append(source.name)
            source.unlink()
        link(source, target, **options)

    monkeypatch.setattr("os.link", clear_and_link)
    keys = module.load_or_make(path)
    assert cleared
    assert module.load_or_make(path) == keys
    assert [*path.parent.iterdir()] == [path]


def test_keys_are_the_same_in_each_writing(path: Path) -> None:
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"  # the example of RFC 26
    raw = bytes.fromhex("54fcba24e93249969316fb617c872bb0c1d1ff14800427c594cbfacf1bc2d652")
    assert key_to_bytes(broker.security.keys.make_keys().public)
    assert key_to_bytes(key) == raw
    assert key_from_bytes(raw) == key
    assert key_from_address(key_to_address(key)) == key
    assert fingerprint(key).startswith("SHA256:")
    assert len(fingerprint(key)) == 50


@pytest.mark.parametrize("key", ["", "x" * 39, "x" * 41, "~" * 40, "#" * 40, "é" * 40])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="40 characters of Z85"):
        key_to_bytes(key)
    with pytest.raises(ValueError, match="copy the whole address"):
        key_from_address(key)


@pytest.mark.parametrize(
    ("reader", "place", "refused"),
    [(7, None, False), (0, 7, False), (0, 0, True), (0, None, True), (8, 7, True)],
)
def test_root_may_use_a_key_of_its_directorys_owner(reader: int, place: int | None, refused: bool) -> None:
    said = ""
    try:
        refuse_shared(0o100600, 7, reader, place)
    except ValueError as error:
        said = str(error)
    assert ("belongs to somebody else" in said) is refused


def test_a_key_that_root_makes_for_a_broker_is_that_brokers(path: Path) -> None:
    owner = 65_534 if os.geteuid() == 0 else os.geteuid()
    path.parent.mkdir()
    os.chown(path.parent, owner, -1)
    made = broker.security.keys.load_or_make(path)
    assert path.stat().st_uid == owner
    assert broker.security.keys.load_or_make(path) == made
