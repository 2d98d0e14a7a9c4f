"""A payment code drawn as SVG: no script, no style, no file from elsewhere."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M

# EPC069-12: error correction M, version 13 and 331 bytes at most; a quiet zone of four modules.
MOST_VERSION, MOST_BYTES, QUIET = 13, 331, 4


def drawn(text: str, title: str) -> SafeString | None:
    """The code as an inline picture; None for a text that the guideline has no room for."""
    if len(text.encode()) > MOST_BYTES:
        return None
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    if code.version > MOST_VERSION:
        return None
    matrix = code.get_matrix()
    dots = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    size = len(matrix)
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"/><path d="{}" fill="#000"/></svg>',
        size, size, title, size, size, dots,
    )  # fmt: skip
