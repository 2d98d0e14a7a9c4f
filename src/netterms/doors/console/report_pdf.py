"""A credit report as PDF, set by Typst. Chinese needs a font of the system, such as Noto CJK."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from netterms.connectors.letters import fonts_of
from netterms.doors.console.report_parts import Section


def render(
    title: str,
    lead: str,
    footer: str,
    sections: Sequence[Section],
    *,
    languages: Sequence[str] = (),
) -> bytes:
    """The report's sections under `title`; FONT_MISSING where a language has no font.

    `languages` are those of the text beside the reader's own.
    """
    import typst

    wanted = [fonts_of(code[:2]) for code in (get_language() or "", *languages)]
    told = {
        "title": title,
        "lead": lead,
        "footer": footer,
        "page": _("Page"),
        "fonts": list(dict.fromkeys(font for fonts in wanted for font in fonts)),
        "sections": [asdict(section) for section in sections],
    }
    # What a name holds is data for Typst, never markup: it reads a file of JSON.
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        page = Path(folder) / "report.typ"
        page.write_bytes((files(__package__) / "typst" / "credit_report.typ").read_bytes())
        (Path(folder) / "report.json").write_text(
            json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8"
        )
        return bytes(typst.compile(str(page), root=folder))
