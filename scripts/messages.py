"""Collect every text a person sees, keep the Chinese catalogue complete, and compile it.

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

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "netterms"
FOLDER = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
LINE_WIDTH = 100
# Help texts are strings and docstrings of commands: they are asked of the commands themselves.
COMMAND_LINE = "src/netterms/doors/cli/__init__.py"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Every text of the package with the files it stands in, without translations."""
    catalog = Catalog(project="netterms", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*")):
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
    for text in texts():
        catalog.add(text, None, [(COMMAND_LINE, None)])
    return catalog


def kept() -> Catalog:
    """The catalogue as it stands in the repository."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="zh_Hans")


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


def main() -> int:
    """Merge, write, compile, and tell what lacks a translation."""
    catalog = kept()
    catalog.update(
        extracted(),
        no_fuzzy_matching=True,
        update_header_comment=False,
        update_creation_date=False,
    )
    with PO.open("wb") as stream:
        write_po(stream, catalog, width=LINE_WIDTH, include_lineno=False, sort_by_file=True)
    # What is compiled is what the file says, so that anyone can compile it again.
    MO.write_bytes(compiled(kept()))
    lacking = missing(kept())
    for text in lacking:
        sys.stdout.write(f"no translation: {text!r}\n")
    sys.stdout.write(f"{len(catalog)} texts, {len(lacking)} without a translation\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
