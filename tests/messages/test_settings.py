import pytest

from messages.settings import parse_settings

KNOWN = ("bind", "data_dir", "log_level")


def test_a_setting_is_called_like_the_long_option_and_found_under_the_options_name() -> None:
    assert parse_settings('bind = "tcp://*:9009"\ndata-dir = "/srv/chat"', KNOWN) == {
        "bind": "tcp://*:9009",
        "data_dir": "/srv/chat",
    }


def test_an_underscore_does_as_well_as_a_hyphen() -> None:
    assert parse_settings('log_level = "info"', KNOWN) == parse_settings('log-level = "info"', KNOWN)


def test_values_keep_their_types() -> None:
    assert parse_settings('bind = ["a:1", "b:2"]\nlog-level = 3', KNOWN) == {
        "bind": ["a:1", "b:2"],
        "log_level": 3,
    }


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert parse_settings(text, KNOWN) == {}


@pytest.mark.parametrize("text", ["bind", "bind = ", "= 1", 'bind = "a"\nbind = "b"', "{}"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not TOML: "):
        parse_settings(text, KNOWN)


def test_an_unknown_key_is_refused_with_the_key_that_was_probably_meant() -> None:
    with pytest.raises(ValueError, match=r"^unknown key log-levl, did you mean log-level\?$"):
        parse_settings("log-levl = 1", KNOWN)


def test_an_unknown_key_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(ValueError, match=r"^unknown key colour$"):
        parse_settings("colour = 1", KNOWN)
