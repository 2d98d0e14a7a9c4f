"""Help texts in the language of the terminal, without Django: help must come at once."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import netterms

if TYPE_CHECKING:
    from typer._click import Command

LOCALE = Path(netterms.__file__).parent / "locale"


def terminal_language() -> str:
    """`zh-hans` on a Chinese terminal, else `en`."""
    spoken = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh-hans" if spoken.lower().startswith("zh") else "en"


def translate(command: Command) -> None:
    """Give `command`, and what it holds, its help in the language of the terminal."""
    if terminal_language() == "zh-hans":
        replace(command, gettext.translation("django", LOCALE, ["zh_Hans"]).gettext)


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
