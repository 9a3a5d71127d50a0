"""Settings from elsewhere than the command line, checked as its options are.

They are in TOML files, whose keys are a command's long options, and in the environment.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator

import click

_OF_CONTAINERS = re.compile(r"_(?:SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_[A-Z]+(_(PROTO|PORT|ADDR))?)?)")
"""The ends of variables that Kubernetes and Docker make for a service of the command's name."""


def refuse_unknown_variables(ctx: click.Context, environment: Iterable[str]) -> None:
    """Raise UsageError if the name of a variable looks like a setting of the command and is none."""
    prefix = ctx.auto_envvar_prefix or ""
    known = {name.removeprefix(prefix) for name in _variables(ctx.command, prefix)}
    for name in sorted(environment):
        given = name.removeprefix(prefix)
        if name.startswith(f"{prefix}_") and given not in known and not _OF_CONTAINERS.fullmatch(given):
            near = difflib.get_close_matches(given, known, 1)
            hint = f", did you mean {prefix}{near[0]}?" if near else "; unset it."
            raise click.UsageError(f"Unknown variable {name}{hint}", ctx)


def _variables(command: click.Command, prefix: str) -> Iterator[str]:
    """Yield the variables for the options and arguments of a command, and those of its verbs."""
    for parameter in command.params:
        yield f"{prefix}_{str(parameter.name).upper()}"
    if isinstance(command, click.Group):
        for name, verb in command.commands.items():
            yield from _variables(verb, f"{prefix}_{name.upper().replace('-', '_')}")


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
        if name in settings:
            raise ValueError(f"{shown} is given twice, with - and with _; leave one out")
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
