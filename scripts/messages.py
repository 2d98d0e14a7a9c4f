"""Collect every text a person sees, keep the catalogues complete, and compile them.

Chinese has every text; the other languages have those of the buyers' page (`doors/portal`).

`make messages` runs this. Texts of Python files and Django templates are merged into the file
`django.po` of the package's `locale` folder. A translation once written is never lost: a text that
is no longer used stays at the end of the file as obsolete. What still lacks a translation is
listed, and the exit code is 1.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from netterms.doors.cli import texts
from netterms.doors.look.jurisdiction import LAW
from netterms.terms.jurisdictions import noted

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "netterms"
LOCALE = PACKAGE / "locale"
FOLDER = LOCALE / "zh_Hans" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
# What buyers read their own page in, beside English and Chinese.
OF_BUYERS = ("de", "es", "fr")
BUYERS_DOOR = PACKAGE / "doors" / "portal"
LINE_WIDTH = 100
# Help texts are strings and docstrings of commands: they are asked of the commands themselves.
COMMAND_LINE = "src/netterms/doors/cli/__init__.py"
# Remarks on countries are data.
TABLE_OF_LAW = "src/netterms/terms/data/jurisdictions.json"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extracted(folder: Path = PACKAGE) -> Catalog:
    """Every text of a folder with the files it stands in, without translations."""
    catalog = Catalog(project="netterms", fuzzy=False)
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = templatize(source, origin=str(path))
        # Line numbers would change with every edit of a file, and the catalogue with them.
        place = [(path.relative_to(ROOT).as_posix(), None)]
        stream = io.BytesIO(source.encode())
        for _line, msgid, _comments, context in extract(
            "python", stream, KEYWORDS, (), {"encoding": "utf-8"}
        ):
            catalog.add(msgid, None, place, context=context)
    if folder == PACKAGE:
        for text in texts():
            catalog.add(text, None, [(COMMAND_LINE, None)])
        for text in noted():
            catalog.add(text, None, [(TABLE_OF_LAW, None)], context=LAW)
    return catalog


def kept(language: str = "zh_Hans") -> Catalog:
    """The catalogue as it stands in the repository."""
    with file_of(language).open("rb") as stream:
        return read_po(stream, locale=language)


def file_of(language: str) -> Path:
    """The text file of a language's catalogue; what is compiled of it stands beside it."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def missing(catalog: Catalog) -> list[str]:
    """The texts in use that have no translation, or one that nobody has confirmed."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id
        and (message.fuzzy or not all(message.string if message.pluralizable else [message.string]))
    ]


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as programs read it."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def renewed(language: str, texts_now: Catalog) -> list[str]:
    """Merge, write and compile one catalogue; returns what it lacks."""
    catalog = kept(language)
    catalog.update(
        texts_now, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
    )
    file = file_of(language)
    with file.open("wb") as stream:
        write_po(stream, catalog, width=LINE_WIDTH, include_lineno=False, sort_by_file=True)
    # What is compiled is what the file says, so that anyone can compile it again.
    file.with_suffix(".mo").write_bytes(compiled(kept(language)))
    lacking = missing(kept(language))
    for text in lacking:
        sys.stdout.write(f"no translation: {text!r} ({language})\n")
    sys.stdout.write(f"{language}: {len(catalog)} texts, {len(lacking)} without a translation\n")
    return lacking


def main() -> int:
    """Merge, write, compile, and tell what lacks a translation."""
    lacking = renewed("zh_Hans", extracted())
    for language in OF_BUYERS:
        lacking += renewed(language, extracted(BUYERS_DOOR))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
