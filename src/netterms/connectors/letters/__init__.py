"""Letters as PDF, set by Typst. A script other than Latin needs a font of the system."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from netterms.collection.letters.compose import Document, plain
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

# The one that is there where the machine has none of its own.
WITH_TYPST = "Libertinus Serif"
LATIN = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial", "Helvetica", WITH_TYPST)
# The first that the system has; in Debian: fonts-noto-cjk, fonts-dejavu-core, fonts-noto-core.
FONTS = {
    "zh": (
        "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei",
        "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    ),
    "ja": (
        "Noto Sans CJK JP", "Source Han Sans JP", "Hiragino Sans", "Yu Gothic", "IPAGothic",
        "TakaoGothic",
    ),
    "ko": (
        "Noto Sans CJK KR", "Source Han Sans KR", "Apple SD Gothic Neo", "Malgun Gothic",
        "NanumGothic",
    ),
    "ar": (
        "Noto Naskh Arabic", "Noto Sans Arabic", "Amiri", "DejaVu Sans", "Geeza Pro", "Arial",
    ),
}  # fmt: skip


def press(documents: Sequence[Document]) -> bytes:
    """The letter, once a language, as one PDF; FONT_MISSING where a language has no font."""
    import typst

    told = [plain(one) | {"fonts": fonts_of(one.language)} for one in documents]
    # What a name holds is data for Typst, never markup: it reads a file of JSON.
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        page = Path(folder) / "letter.typ"
        page.write_bytes((files(__package__) / "letter.typ").read_bytes())
        (Path(folder) / "letter.json").write_text(
            json.dumps(told, ensure_ascii=False), encoding="utf-8"
        )
        return bytes(typst.compile(str(page), root=folder))


def can_press(language: str) -> bool:
    """Whether this machine has a font for the language."""
    return language not in FONTS or any(font in _families() for font in FONTS[language])


def fonts_of(language: str) -> list[str]:
    """The families of this machine to set the language in, the best first; FONT_MISSING."""
    if not can_press(language):
        raise Refusal(
            Code.FONT_MISSING, fonts=", ".join(FONTS[language][:2]), mend=Mend.INSTALL_FONT
        )
    # The reader's script decides how shared ideographs look; names may be in any other one.
    wanted = [
        *FONTS.get(language, ()),
        *LATIN,
        *(font for fonts in FONTS.values() for font in fonts),
    ]
    return [font for font in dict.fromkeys(wanted) if font in _families()] or [WITH_TYPST]


@cache
def _families() -> frozenset[str]:
    import typst

    return frozenset(typst.Fonts().families())
