"""Does what the chapter From the shell of docs/broker.md says, block by block.

A block `sh shell` is run by a shell. `text shell output` is what it writes; `…` stands for anything.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docs.fenced import blocks
from programs import SCRIPTS, house

from broker.shell.verbs import SHELL_VERBS
from broker.top.verb import top
from messages.exits import Exit

BROKER = (Path(__file__).parents[2] / "docs" / "broker.md").read_text("utf-8")
CHAPTER = BROKER.partition("\n## From the shell\n")[2].partition("\n## ")[0]
EXAMPLES = blocks("docs/broker.md", section="From the shell")


def test_the_chapter_works_as_written(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        _, endpoint = home.broker()
        for name in ("bob", "alice"):
            client = home.client(endpoint, name)
            client.type(f"{name} was here\n")
            client.says("[")
            if name == "bob":
                client.end_input()
                assert client.wait() == 0
        out: list[str] = []
        for _, _, kind, body in EXAMPLES:
            if kind == "sh shell":
                program = home.shell(f"set -e; cd {tmp_path}; PATH={SCRIPTS}:$PATH\n{body}")
                assert program.wait() == Exit.DONE, program.err
                assert program.err == []
                out = program.out
            else:
                assert kind == "text shell output"
                wanted = [re.escape(line).replace("…", ".+") for line in body.splitlines()]
                assert len(out) == len(wanted), out
                for pattern, line in zip(wanted, out, strict=True):
                    assert re.fullmatch(pattern, line), (pattern, line)


def test_the_fields_of_json_are_those_in_the_table(tmp_path: Path, short_path: Path) -> None:
    table = re.findall(r"^\| `([a-z-]+(?: [A-Z]+)?)` \| (.+) \|$", CHAPTER, re.MULTILINE)
    fields = {verb: re.sub(r"\([^)]*\)", "", text) for verb, text in table}
    settings = tmp_path / "broker.toml"
    settings.write_text("keep = 10\n")
    with house(tmp_path) as home:
        endpoint = f"ipc://{short_path}/chat"
        home.broker("--curve", "--bind", endpoint)
        home.client(endpoint, "alice").says("alice")
        made = home.program("chat-broker", "invite", "--endpoint", "chat.example.org:9009")
        assert made.wait() == Exit.DONE, made.err
        banned = home.program("chat-broker", "ban", "mallory")
        assert banned.wait() == Exit.DONE, banned.err
        shown = {}
        for verb in fields:
            arguments = verb.replace("NAME", "alice").replace("FILE", str(settings)).split()
            program = home.program("chat-broker", *arguments, "--json")
            assert program.wait() == Exit.DONE, program.err
            shown[verb] = list(json.loads(program.out[0]))
    for verb, text in fields.items():
        listed = re.findall("`([a-z_]+)`", text.partition(";")[0])
        if "those of" in text:
            listed = shown[listed[0]] + listed[1:]
        assert listed == shown[verb], verb


def test_each_verb_is_in_its_table() -> None:
    listed = re.findall(r"^\| `chat-broker ([\w-]+)", CHAPTER, re.MULTILINE)
    assert sorted(listed) == sorted(str(verb.name) for verb in (*SHELL_VERBS, top))
