"""A file that a form sent, kept on disk as long as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netterms.doors.console.middleware import PageRequest
from netterms.kernel.refusal import Code, Refusal


@contextmanager
def sent_file(request: PageRequest, most_bytes: int, name: str) -> Iterator[Path]:
    """The form's `file`, under `name` in a folder of its own. FILE_EMPTY, FILE_TOO_LARGE."""
    sent = request.FILES.get("file")
    if sent is None or sent.size is None:
        raise Refusal(Code.FILE_EMPTY)
    if sent.size > most_bytes:
        raise Refusal(Code.FILE_TOO_LARGE, limit=most_bytes)
    with tempfile.TemporaryDirectory(prefix="netterms-") as folder:
        path = Path(folder) / name
        with path.open("wb") as file:
            for chunk in sent.chunks():
                file.write(chunk)
        yield path


def sent_name(request: PageRequest) -> str:
    """What the file was called where it came from, without its folders; empty where none came."""
    sent = request.FILES.get("file")
    return Path(str(sent.name)).name[:200] if sent else ""
