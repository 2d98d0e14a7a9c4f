"""Takes the invoice out of a PDF in a process of its own: `pdf_child.py FILE OUT MEMORY`.

A malformed PDF can make a reader ask for any amount of memory, so this runs apart with a bound on
it, imports nothing of the package, and writes what it found to `OUT`. Only attachments with the
names that ZUGFeRD and Factur-X give are looked at; their own names are never used as paths.
"""

from __future__ import annotations

import sys
from pathlib import Path

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml")
MOST_BYTES = 16 * 2**20


def main(path: str, out: str, memory: str) -> int:
    """0 when written; 3: no such attachment; 4: too large; anything else is a damaged file."""
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    import pypdf

    reader = pypdf.PdfReader(path)
    for found in reader.attachment_list:
        if str(found.name).lower() in NAMES:
            content = bytes(found.content)
            if len(content) > MOST_BYTES:
                return 4
            Path(out).write_bytes(content)
            return 0
    return 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
