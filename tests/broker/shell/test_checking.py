"""The verb check-config."""

import json
from pathlib import Path

import pytest
from shell_verbs import objects, run, sentence

from broker.shell import checking


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "broker.toml"


def test_a_right_file_is_right(file: Path, tmp_path: Path) -> None:
    file.write_text(f'title = "Cellar"\nlog-file = "{tmp_path}/chat.log"\nbind = "ipc://{tmp_path}/chat"\n')
    assert run("check-config", str(file)) == (0, f"{file} is right\n", "")
    assert objects("check-config", str(file)) == [{"file": str(file), "problems": []}]
    assert not (tmp_path / "chat.log").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel = 1", "unknown key titel, did you mean title?"),
        ("keep = 0", "keep: 0 is not in the range x>=1"),
        ("title = ", "not TOML: "),
        ('memory = true\ndata = "/srv"', "Give --data or --memory, not both."),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    assert said in sentence(2, "check-config", str(file))
    code, out, err = run("check-config", str(file), "--json")
    assert (code, err) == (2, "")
    assert said in json.loads(out)["problems"][0]


def test_a_file_that_does_not_exist_is_named(file: Path) -> None:
    assert sentence(2, "check-config", str(file)) == f"{file}: No such file or directory"


def test_what_the_machine_lacks_is_named(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "find_spec", lambda _name: None)
    (tmp_path / "curve.key").write_text("cut")
    (tmp_path / "curve.key").chmod(0o600)
    file.write_text(
        f'metrics = ":9100"\nlog-file = "{tmp_path}/no/chat.log"\nbind = ["ipc://{tmp_path}/nowhere/chat"]\n'
        f'key = "{tmp_path}/curve.key"\n'
    )
    code, out, err = run("check-config", str(file))
    assert (code, out) == (3, "")
    metrics, log, ipc, key = err.splitlines()
    assert "install chat-broker[metrics]" in metrics
    assert f"{tmp_path}/no/chat.log cannot be made" in log
    assert f"{tmp_path}/nowhere/chat cannot be made" in ipc
    assert "curve.key is not a whole key" in key
    code, out, _ = run("check-config", str(file), "--json")
    assert (code, len(json.loads(out)["problems"])) == (3, 4)


def test_a_data_directory_and_a_key_that_cannot_be_made_are_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no directory")
    file.write_text(f'data = "{tmp_path}/plain/data"\nkey = "{tmp_path}/no/curve.key"\n')
    code, out, err = run("check-config", str(file))
    assert (code, out) == (3, "")
    key, data = err.splitlines()
    assert f"{tmp_path}/no/curve.key cannot be made" in key
    assert f"{tmp_path}/plain/data cannot be used" in data
    file.write_text(f'data = "{tmp_path}/new/data"\n')
    assert run("check-config", str(file))[0] == 0
    assert not (tmp_path / "new").exists()
