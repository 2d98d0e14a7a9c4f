"""A credit report as PDF, set by Typst. Chinese needs a font of the system, such as Noto CJK."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from netterms.doors.console.report_sections import Section
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

# The first that the system has. Latin letters come with Typst.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
)  # fmt: skip
LATIN_FONTS = ("DejaVu Sans", "Libertinus Serif")


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

    chinese = next((font for font in CHINESE_FONTS if font in _families()), None)
    wanted = (get_language() or "", *languages)
    if chinese is None and any(code.startswith("zh") for code in wanted):
        raise Refusal(Code.FONT_MISSING, fonts=", ".join(CHINESE_FONTS[:2]), mend=Mend.INSTALL_FONT)
    told = {
        "title": title,
        "lead": lead,
        "footer": footer,
        "page": _("Page"),
        "fonts": [*LATIN_FONTS, *([chinese] if chinese else [])],
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


@cache
def _families() -> frozenset[str]:
    import typst

    return frozenset(typst.Fonts().families())
