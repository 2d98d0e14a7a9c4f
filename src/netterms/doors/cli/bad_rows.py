"""Rows of a list that cannot be used, each with what would mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.cli.report import REFUSED, Screen

if TYPE_CHECKING:
    from netterms.kernel.refusal import Refusal

BAD_SHOWN = 200


def stop_at(
    screen: Screen, bad: Sequence[tuple[int, Refusal]], headings: Mapping[str, str] | None = None
) -> None:
    """Tell of rows that cannot be used and end the command; nothing where there is none.

    `headings` of fields as they stand in the file, where it may call them otherwise than we do.
    """
    from netterms.doors.look.field_names import FIELDS
    from netterms.doors.look.sentences import mend_of

    if not bad:
        return
    heads = (
        pgettext("of a sheet", "Row"), pgettext("of a sheet", "Column"), _("Value"),
        _("To mend it"),
    )  # fmt: skip
    rows = []
    for row, refusal in bad[:BAD_SHOWN]:
        field = str(refusal.facts["field"])
        column = (headings or {}).get(field) or FIELDS[field]
        rows.append((row, column, refusal.facts["value"], mend_of(refusal)))
    screen.table(_("Cannot be used"), heads, rows)
    screen.warn(_("Nothing was entered. Mend the rows above."), "bold red")
    raise typer.Exit(REFUSED)
