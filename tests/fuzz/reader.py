"""One importer on one file, in this process: what it says, for the test that started it.

`python -m tests.fuzz.reader IMPORTER FOLDER MEMORY`: reads every file in the folder with a bound on
memory and prints one line a file: `ok`, `refused CODE`, or the traceback's last line. A file that
takes longer than its time is `hang`.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

SECONDS = 20
# A tuple of modules: DuckDB and pyarrow take address space that they never touch, so what is
# bounded beside is the peak of what was touched.
PEAK = 1 << 30


class HangError(Exception):
    """The importer took longer than a file may take."""


def importers() -> dict[str, Callable[[Path], object]]:
    from netterms.connectors import (
        accounts,
        banks,
        einvoices,
        insured_limits,
        notices,
        rates,
        references,
        watchlists,
    )
    from netterms.connectors.registry.file import FileRegistry
    from netterms.receivables import intake

    return {
        "list": lambda path: intake.read(path, currency="EUR"),
        "bank": lambda path: banks.read(path, account="1", currency="EUR"),
        "einvoice": einvoices.read,
        "limits": lambda path: insured_limits.read(path, "EUR"),
        "accounts": lambda path: accounts.read(path, currency="EUR"),
        "watchlist": watchlists.read,
        "notices": notices.read,
        "references": references.read,
        "register": lambda path: FileRegistry(path).by_name("Heron"),
        "rates": rates.read,
    }


def main(name: str, folder: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netterms.site.settings")
    import django

    django.setup()
    read = importers()[name]

    def late(*_: object) -> None:
        raise HangError

    signal.signal(signal.SIGALRM, late)
    for path in sorted(Path(folder).iterdir()):
        print(f"{path.name}\t{said(read, path)}", flush=True)
    print(f"peak\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}")
    return 0


def said(read: Callable[[Path], object], path: Path) -> str:
    from netterms.kernel.refusal import Refusal

    signal.alarm(SECONDS)
    try:
        read(path)
    except Refusal as refusal:
        return f"refused {refusal.code.value}"
    except HangError:
        return "hang"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
        return f"crash {type(error).__name__}: {error} {traceback.format_exc()[-600:]!r}"
    finally:
        signal.alarm(0)
    return "ok"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
