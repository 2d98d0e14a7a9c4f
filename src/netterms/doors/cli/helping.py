"""Help texts in the language of the terminal, without Django: help must come at once."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import netterms

if TYPE_CHECKING:
    from typer._click import Command
    from typer._click.formatting import HelpFormatter

LOCALE = Path(netterms.__file__).parent / "locale"
# What Typer itself says on a page of help, and what its errors are made of.
OF_HELP = (
    "Arguments",
    "Options",
    "Commands",
    "required",
    "default: {default}",
    "Missing command.",
    "No such command {name!r}.",
    "Aborted!",
)
OF_ERRORS = (
    "Usage: ",
    "Error: ",
    "Missing argument ",
    "Missing option ",
    "No such option: ",
    "Did you mean ",
    "Invalid value for ",
    "Got unexpected extra argument(s) ",
    "Try '",
    "' for help.",
)


def terminal_language() -> str:
    """`zh-hans` on a Chinese terminal, else `en`."""
    spoken = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh-hans" if spoken.lower().startswith("zh") else "en"


def translate(command: Command) -> None:
    """Give `command`, and what it holds, its help in the language of the terminal."""
    if terminal_language() == "zh-hans":
        replace(command, _chinese())


def translate_typer() -> None:
    """Let Typer's own words be in the language of the terminal. Its errors have no catalogue."""
    from typer import core
    from typer._click import exceptions, formatting, utils

    if terminal_language() != "zh-hans":
        return
    say, write, echo = _chinese(), formatting.HelpFormatter.write_usage, utils.echo

    def usage(self: HelpFormatter, prog: str, args: str = "", prefix: str | None = None) -> None:
        write(self, prog, args, prefix or say("Usage: "))

    def in_chinese(message: str, file: IO[str], *, color: bool | None, err: bool = True) -> None:
        for words in OF_ERRORS:
            message = message.replace(words, say(words))
        echo(message, file=file, err=err, color=color)

    core.__dict__["_"] = say
    exceptions.__dict__["echo"] = in_chinese
    formatting.HelpFormatter.write_usage = usage  # type: ignore[method-assign]


def _chinese() -> Callable[[str], str]:
    return gettext.translation("django", LOCALE, ["zh_Hans"]).gettext


def replace(command: Command, say: Callable[[str], str]) -> None:
    """Put `say(text)` in place of each help text: of commands, of their options and arguments."""
    from typer._click import Context

    holders: list[Any] = [command, *command.params, command.get_help_option(Context(command))]
    for holder in holders:
        if getattr(holder, "help", None):
            holder.help = say(holder.help)
    if command.short_help:
        command.short_help = say(command.short_help)
    for each in getattr(command, "commands", {}).values():
        replace(each, say)
