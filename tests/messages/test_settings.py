import click
import pytest

from messages.settings import parse_settings


def _even(_ctx: click.Context, _param: click.Parameter, number: int) -> int:
    if number % 2:
        raise click.BadParameter("an odd number")
    return number


@click.command()
@click.option("--bind", multiple=True)
@click.option("--data-dir")
@click.option("--log-level", type=click.Choice(["info", "error"]))
@click.option("--keep", type=click.IntRange(1), default=2, callback=_even)
@click.option("--pause", type=click.FloatRange(0.1))
@click.option("--loud", is_flag=True)
@click.option("--verbose", count=True)
@click.option("--config")
def command(**_options: object) -> None:
    """Has options of all kinds."""


def parse(text: str) -> dict[str, object]:
    return parse_settings(text, click.Context(command)).options


def test_a_setting_is_called_like_the_long_option_and_found_under_the_options_name() -> None:
    assert parse('bind = "tcp://*:9009"\ndata-dir = "/srv/chat"') == {
        "bind": ["tcp://*:9009"],
        "data_dir": "/srv/chat",
    }


def test_an_underscore_does_as_well_as_a_hyphen() -> None:
    assert parse('log_level = "info"') == parse('log-level = "info"') == {"log_level": "info"}


def test_values_keep_their_types() -> None:
    assert parse("keep = 4\npause = 1\nloud = true\nverbose = 2") == {
        "keep": 4,
        "pause": 1,
        "loud": True,
        "verbose": 2,
    }


def test_what_can_be_given_several_times_is_a_list_of_texts() -> None:
    assert parse('bind = ["a:1", 2]') == {"bind": ["a:1", "2"]}
    assert parse("bind = 30") == {"bind": ["30"]}


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert parse(text) == {}


@pytest.mark.parametrize("text", ["bind", "bind = ", "= 1", 'bind = "a"\nbind = "b"', "{}"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not TOML: "):
        parse(text)


def test_an_unknown_key_is_refused_with_the_key_that_was_probably_meant() -> None:
    with pytest.raises(ValueError, match=r"^unknown key log-levl, did you mean log-level\?$"):
        parse("log-levl = 1")


@pytest.mark.parametrize("key", ["zzz", "config"])
def test_an_unknown_key_like_no_other_is_refused_without_a_guess(key: str) -> None:
    with pytest.raises(ValueError, match=rf"^unknown key {key}$"):
        parse(f"{key} = 1")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("data_dir = 5", "data-dir: write a text in quotes"),
        ("data-dir = ['a']", "data-dir: write a text in quotes"),
        ("log-level = true", "log-level: write a text in quotes"),
        ("log-level = 'loud'", "log-level: 'loud' is not one of 'info', 'error'"),
        ("loud = 'yes'", "loud: write true or false"),
        ("loud = 1", "loud: write true or false"),
        ("keep = 2.5", "keep: write a whole number"),
        ("keep = true", "keep: write a whole number"),
        ("keep = '2'", "keep: write a whole number"),
        ("keep = 0", "keep: 0 is not in the range x>=1"),
        ("keep = 3", "keep: an odd number"),
        ("verbose = true", "verbose: write a whole number"),
        ("pause = 'often'", "pause: write a number"),
        ("pause = true", "pause: write a number"),
        ("pause = 2026-01-01", "pause: write a number"),
        ("bind = true", "bind: write a text in quotes, or a list of them"),
        ("bind = [['a']]", "bind: write a text in quotes, or a list of them"),
        ("bind = {a = 1}", "bind: write a text in quotes, or a list of them"),
    ],
)
def test_a_value_that_the_option_does_not_take_is_refused_with_its_key(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(text)
    assert str(refused.value) == complaint
