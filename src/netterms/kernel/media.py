"""What a file is by its first bytes, whatever its name says. Only what is taken is known here."""

from __future__ import annotations

from collections.abc import Collection

PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png", "image/webp")
SUFFIXES = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def kind_of(content: bytes, among: Collection[str] = tuple(SUFFIXES)) -> str | None:
    """The media type; None for anything that is not `among` those taken."""
    kind = _kind(content)
    return kind if kind in among else None


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None
