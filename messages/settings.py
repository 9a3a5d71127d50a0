"""Settings files: TOML whose keys are a command's long options, checked as these are."""

from __future__ import annotations

import difflib
import tomllib

import click


def parse_settings(text: str, ctx: click.Context) -> dict[str, object]:
    """Return the settings in a TOML text by option name (`_` for `-`), to be the context's `default_map`.

    Raise ValueError with a sentence if it is not TOML, has a key that is none of the command's options, or a
    value that its option does not take.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from None
    options = {str(option.name): option for option in ctx.command.params if isinstance(option, click.Option)}
    known = options.keys() - {"config", "version"}
    settings: dict[str, object] = {}
    for key, value in table.items():
        name, shown = key.replace("-", "_"), key.replace("_", "-")
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f", did you mean {near[0].replace('_', '-')}?" if near else ""
            raise ValueError(f"unknown key {shown}{hint}")
        try:
            settings[name] = _read(options[name], value)
            options[name].process_value(ctx, settings[name])
        except click.BadParameter as error:
            raise ValueError(f"{shown}: {error.message.rstrip('.')}") from None
    return settings


def _read(option: click.Option, value: object) -> object:
    """Return a value as click takes it. Raise BadParameter if its type is not the option's."""
    if option.multiple:
        advice = "write a text in quotes, or a list of them"
        return [str(_checked(v, (str, int), advice)) for v in (value if isinstance(value, list) else [value])]
    if option.is_flag:
        return _checked(value, (bool,), "write true or false")
    if option.count or isinstance(option.type, click.types.IntParamType):
        return _checked(value, (int,), "write a whole number")
    if isinstance(option.type, click.types.FloatParamType):
        return _checked(value, (int, float), "write a number")
    return _checked(value, (str,), "write a text in quotes")


def _checked(value: object, kinds: tuple[type, ...], advice: str) -> object:
    if type(value) not in kinds:
        raise click.BadParameter(advice)
    return value
