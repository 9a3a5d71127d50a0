from __future__ import annotations

import pytest

from client.commands import COMMANDS
from client.commands.registry import (
    BareWord,
    Run,
    Say,
    SlashCommand,
    SlashCommands,
    Unknown,
    split_first,
)
from client.commands.short import BARE_WORDS, ELSEWHERE, SHORT


def run(line: str) -> tuple[str, str]:
    """Return the first name of the command that a line means, and the argument."""
    meaning = COMMANDS.interpret(line)
    assert isinstance(meaning, Run), meaning
    return meaning.command.names[0], meaning.argument


class TestInterpret:
    @pytest.mark.parametrize("line", ["", " ", "\t\n "])
    def test_a_blank_line_means_nothing(self, line: str) -> None:
        assert COMMANDS.interpret(line) is None

    @pytest.mark.parametrize(
        "line", ["hello", " /help me", "1/2", "cmd", "see /help", "two\n/lines", "hello cmd!client_exit"]
    )
    def test_what_does_not_begin_like_a_command_is_said(self, line: str) -> None:
        assert COMMANDS.interpret(line) == Say(line)

    @pytest.mark.parametrize(
        ("line", "said"), [("//help", "/help"), ("//", "/"), ("///x", "//x"), ("// a", "/ a")]
    )
    def test_two_slashes_say_one(self, line: str, said: str) -> None:
        assert COMMANDS.interpret(line) == Say(said)

    @pytest.mark.parametrize("line", ["/me waves", "/ME waves", "/me  waves ", "/me\twaves"])
    def test_what_one_does_is_said_with_the_command_before_it(self, line: str) -> None:
        assert COMMANDS.interpret(line) == Say("/me waves")

    @pytest.mark.parametrize("line", ["/say help", "/SAY  help ", "/say\thelp"])
    def test_what_is_to_be_said_is_said_even_if_it_begins_like_a_command(self, line: str) -> None:
        assert COMMANDS.interpret(line) == Say("help")
        assert COMMANDS.interpret("/say /quit") == Say("/quit")

    @pytest.mark.parametrize("line", ["/me", "/say"])
    def test_who_says_nothing_is_shown_the_usage(self, line: str) -> None:
        assert run(line) == (line, "")

    @pytest.mark.parametrize("line", ["help", "HELP", "help ", "quit", "exit"])
    def test_a_bare_word_that_is_most_likely_a_command_is_not_said(self, line: str) -> None:
        assert COMMANDS.interpret(line, hints=BARE_WORDS) == BareWord(line.strip())

    @pytest.mark.parametrize("line", [" help", "help me", "quit!", "what?"])
    def test_a_bare_word_in_a_text_or_behind_a_blank_is_said(self, line: str) -> None:
        assert COMMANDS.interpret(line, hints=BARE_WORDS) == Say(line)

    def test_a_bare_word_from_a_pipe_or_a_paste_is_said(self) -> None:
        assert COMMANDS.interpret("help") == Say("help")
        assert COMMANDS.interpret("help", hints=BARE_WORDS, pasted=True) == Say("help")

    @pytest.mark.parametrize("word", BARE_WORDS)
    def test_the_sentence_for_a_bare_word_names_a_command_and_a_way_to_say_it(self, word: str) -> None:
        meaning = COMMANDS.interpret(word, hints=BARE_WORDS)
        assert isinstance(meaning, BareWord)
        assert meaning.sentence.startswith(f"{BARE_WORDS[word]} ")
        assert isinstance(COMMANDS.interpret(BARE_WORDS[word]), Run)
        assert meaning.sentence.endswith(f"To say {word}, type a space before it.")

    @pytest.mark.parametrize("text", ["/etc/hosts\n/etc/passwd", "/help", "//x\ny", "cmd!client_exit\n"])
    def test_a_pasted_text_is_text(self, text: str) -> None:
        assert COMMANDS.interpret(text, pasted=True) == Say(text)

    @pytest.mark.parametrize(
        "line", ["/join #dev", "/JOIN #dev", "/join   #dev  ", "/join\t#dev", "/Join #dev\n"]
    )
    def test_a_command_is_run_with_its_argument_however_it_is_written(self, line: str) -> None:
        assert run(line) == ("/join", "#dev")

    def test_the_argument_keeps_its_inner_spaces_and_its_case(self) -> None:
        assert run("/msg Bob  Good   Morning\nBob") == ("/msg", "Bob  Good   Morning\nBob")

    @pytest.mark.parametrize("line", ["cmd!start_game:rock", "CMD!Start_Game:rock", "cmd!start_game rock"])
    def test_the_older_words_take_their_argument_after_a_colon(self, line: str) -> None:
        assert run(line) == ("/rps", "rock")

    @pytest.mark.parametrize(
        "line", ["cmd!start_game:rock bob", "cmd!start_game: rock bob", "cmd!start_game:  rock bob "]
    )
    def test_what_follows_the_colon_is_not_lost(self, line: str) -> None:
        assert run(line) == ("/rps", "rock bob")

    def test_an_unknown_command_is_neither_run_nor_said(self) -> None:
        assert COMMANDS.interpret("/hepl me") == Unknown("/hepl", "/help")

    def test_a_near_miss_is_answered_with_the_nearest(self) -> None:
        unknown = COMMANDS.interpret("/Jion #dev")
        assert isinstance(unknown, Unknown)
        assert unknown.sentence == "Unknown command /Jion; did you mean /join? To say it, type //Jion."

    def test_one_that_is_near_to_nothing_is_answered_with_help(self) -> None:
        unknown = COMMANDS.interpret("/qq")
        assert isinstance(unknown, Unknown)
        assert unknown.sentence == "Unknown command /qq; /help lists the commands. To say it, type //qq."

    def test_the_way_to_say_an_unknown_command_works(self) -> None:
        for line in ("/path", "cmd!nonsense"):
            unknown = COMMANDS.interpret(line)
            assert isinstance(unknown, Unknown)
            escaped = f"/{line}" if "type //" in unknown.sentence else f" {line}"
            said = COMMANDS.interpret(escaped)
            assert isinstance(said, Say)
            assert said.text.strip() == line

    def test_an_older_word_that_is_unknown_is_said_with_a_space_before_it(self) -> None:
        unknown = COMMANDS.interpret("cmd!nonsense")
        assert isinstance(unknown, Unknown)
        assert unknown.sentence.endswith("To say it, type a space before it.")

    @pytest.mark.parametrize("line", ["/", "/ help", "cmd!", "cmd!:"])
    def test_a_mark_without_a_word_is_unknown(self, line: str) -> None:
        assert isinstance(COMMANDS.interpret(line), Unknown)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", "")),
        ("  ", ("", "")),
        ("one", ("one", "")),
        (" one  two  three ", ("one", "two  three")),
        ("one\ttwo\nthree", ("one", "two\nthree")),
    ],
)
def test_the_first_word_is_parted_from_the_rest(text: str, parts: tuple[str, str]) -> None:
    assert split_first(text) == parts


def test_no_name_can_be_given_to_two_commands() -> None:
    commands = SlashCommands()
    commands.command("/a /b", "/a", "the first")(lambda host, argument: None)
    with pytest.raises(ValueError, match="/b is registered already"):
        commands.command("/c /b", "/c", "the second")(lambda host, argument: None)
    assert [command.names for command in commands.listed] == [("/a", "/b")]


def test_a_further_name_is_that_of_the_same_command() -> None:
    commands = SlashCommands()
    commands.command("/a /b", "/a", "the first")(lambda host, argument: None)
    commands.alias({"/c": "/b"})
    assert [command.names for command in commands.listed] == [("/a", "/b", "/c")]
    assert commands.table["/a"] is commands.table["/b"] is commands.table["/c"] is commands.listed[0]
    with pytest.raises(ValueError, match="/a is registered already"):
        commands.alias({"/a": "/b"})


@pytest.mark.parametrize(("short", "name"), SHORT.items())
def test_the_short_forms_of_other_chats_work(short: str, name: str) -> None:
    meaning = COMMANDS.interpret(f"{short} x")
    assert isinstance(meaning, Run)
    assert name in meaning.command.names


@pytest.mark.parametrize(("word", "nearest"), ELSEWHERE.items())
def test_a_word_of_other_chats_is_answered_with_ours(word: str, nearest: str) -> None:
    assert COMMANDS.interpret(f"{word} x") == Unknown(word, nearest)
    assert isinstance(COMMANDS.interpret(nearest), Run)


@pytest.mark.parametrize("command", COMMANDS.listed, ids=lambda command: command.names[0])
def test_a_usage_shows_that_a_room_needs_its_mark_if_it_does(command: SlashCommand) -> None:
    bare = {"/join", "/leave", "/names", "/who", "/count", "/members"}
    assert ("[ROOM]" in command.usage or " ROOM" in command.usage) == (command.names[0] in bare)


def test_short_forms_are_commands_only_for_a_person_who_types_one_line() -> None:
    for line in ("s/a/b/", "+:ok:"):
        meaning = COMMANDS.interpret(line, shorthand=True)
        assert isinstance(meaning, Run)
        assert meaning.argument == line
        for said in (
            COMMANDS.interpret(line),
            COMMANDS.interpret(line, pasted=True, shorthand=True),
            COMMANDS.interpret(f"/say {line}", shorthand=True),
        ):
            assert said == Say(line)
        assert COMMANDS.interpret(f" {line}", shorthand=True) == Say(f" {line}")
    assert COMMANDS.interpret("//s/a/b/", shorthand=True) == Say("/s/a/b/")
