"""E-invoices under EN 16931 (UBL 2.1, CII, ZUGFeRD and Factur-X as PDF) and the rules they keep."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from netterms.connectors import markup
from netterms.connectors.einvoices import cii, ubl
from netterms.connectors.einvoices.model import EInvoice
from netterms.connectors.einvoices.rules import broken
from netterms.kernel.refusal import Code, Refusal

MOST_BYTES = 16 * 2**20
MOST_PDF_BYTES = 64 * 2**20
PDF_MEMORY, PDF_SECONDS = 1 << 30, 60
_CHILD = Path(__file__).with_name("pdf_child.py")
_TOO_LARGE = 4


def read(path: Path) -> EInvoice:
    """The invoice in a file.

    FILE_UNREADABLE when it is none, FILE_TOO_LARGE, FILE_EMPTY; EINVOICE_VALUE_UNREADABLE names an
    element; EINVOICE_INVALID names the rules that the invoice breaks.
    """
    invoice = parse(path)
    if rules := broken(invoice):
        raise Refusal(Code.EINVOICE_INVALID, number=invoice.number, rules=rules)
    return invoice


def parse(path: Path) -> EInvoice:
    """The invoice in a file, whether or not it keeps the rules."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_PDF_BYTES else b""
    except (OSError, ValueError) as error:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
    if size > MOST_PDF_BYTES:
        raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_PDF_BYTES)
    if not content.strip():
        raise Refusal(Code.FILE_EMPTY, file=path.name)
    if content.startswith(b"%PDF"):
        content = _attachment(path)
    root = markup.parse(content, most_bytes=MOST_BYTES, file=path.name)
    reader = {"Invoice": ubl.read, "CreditNote": ubl.read, "CrossIndustryInvoice": cii.read}.get(
        markup.name_of(root)
    )
    if reader is None:
        raise Refusal(Code.FILE_UNREADABLE, file=path.name)
    return reader(root)


def looks_like(path: Path) -> bool:
    """Whether a file may be an e-invoice rather than a list: XML or PDF, by its first bytes."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except (OSError, ValueError):
        return False
    return start.startswith(b"%PDF") or markup.looks_like(start)


def _attachment(path: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        out = Path(folder) / "invoice.xml"
        command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), str(out)]
        try:
            done = subprocess.run(  # noqa: S603
                [*command, str(PDF_MEMORY)],
                capture_output=True,
                timeout=PDF_SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, ValueError) as error:
            raise Refusal(Code.FILE_UNREADABLE, file=path.name) from error
        if done.returncode == _TOO_LARGE:
            raise Refusal(Code.FILE_TOO_LARGE, file=path.name, limit=MOST_BYTES)
        if done.returncode:
            raise Refusal(Code.FILE_UNREADABLE, file=path.name)
        return out.read_bytes()
