"""Settings from elsewhere than the command line, checked as its options are.

They are in TOML files, whose keys are mostly a command's long options, and in the environment.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

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


Readers = Mapping[str, Callable[[object], object]]
"""Keys of a settings file that are no options, and what reads their values or raises ValueError."""


class Settings(NamedTuple):
    """What a settings file sets: `options` by their names, with `_` for `-`, and other keys, with `-`."""

    options: dict[str, object]
    others: dict[str, object]


def parse_settings(text: str, ctx: click.Context, others: Callable[[], Readers] = dict) -> Settings:
    """Return the settings in a TOML text. The options are to be the context's `default_map`.

    `others` is called if the text has a key that is none of the command's options. Raise ValueError with a
    sentence if the text is not TOML, has an unknown key, or a value that its option does not take.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from None
    options = {str(option.name): option for option in ctx.command.params if isinstance(option, click.Option)}
    known = options.keys() - {"config", "version"}
    readers = others() if any(key.replace("-", "_") not in known for key in table) else {}
    settings = Settings({}, {})
    for key, value in table.items():
        name, shown = key.replace("-", "_"), key.replace("_", "-")
        if name in settings.options or shown in settings.others:
            raise ValueError(f"{shown} is given twice, with - and with _; leave one out")
        if name not in known and shown not in readers:
            near = difflib.get_close_matches(shown, [*(one.replace("_", "-") for one in known), *readers], 1)
            raise ValueError(f"unknown key {shown}{f', did you mean {near[0]}?' if near else ''}")
        try:
            if name in known:
                settings.options[name] = _read(options[name], value)
                options[name].process_value(ctx, settings.options[name])
            else:
                settings.others[shown] = readers[shown](value)
        except click.BadParameter as error:
            raise ValueError(f"{shown}: {error.message.rstrip('.')}") from None
        except ValueError as error:
            raise ValueError(f"{shown}: {error}") from None
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
