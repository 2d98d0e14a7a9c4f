"""How long `netterms report` takes over a million invoices, against a bare read of the same file.

The floor is DuckDB reading the CSV with one GROUP BY, in a process of its own: nothing that looks
at every row can be faster. Both are run three times in turn; the figures are medians.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ledger import AS_OF, buyers_of, write_ledger

INVOICES = int(os.environ.get("NETTERMS_BENCH_INVOICES", "1000000"))
ROUNDS = 3
GOAL_RATIO = 10
GOAL_MIB = 4096

COLUMNS = f"""
issued_on AS "Invoice date", due_on AS "Due date",
CAST(amount AS DECIMAL(12, 2)) / 100 AS "Amount",
CASE WHEN paid_on <= DATE '{AS_OF}' THEN paid_on END AS "Payment date"
"""
# Some buyers pay late as a habit, and a few invoices are left for months.
ROWS = """
SELECT *, due_on + CAST(hash(n, 10) % 75 AS INTEGER) - 25 + patience AS paid_on
FROM (
  SELECT *, issued_on + 15 * (1 + CAST(hash(buyer, 5) % 4 AS INTEGER)) AS due_on,
         CAST(hash(buyer, 6) % 30 AS INTEGER)
           + CASE WHEN hash(n, 11) % 40 = 0 THEN 150 ELSE 0 END AS patience
  FROM numbered
)
"""

FLOOR = """
import sys, duckdb
query = f'SELECT "Currency", sum("Amount") FROM read_csv({sys.argv[1]!r}) GROUP BY 1'
print(duckdb.sql(query).fetchall())
"""


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds and peak MiB of one run; a failing run stops the benchmark with its words."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode(errors="replace"))
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="netterms-bench-") as name:
        folder = Path(name)
        ledger = folder / "ledger.csv"
        write_ledger(ledger, INVOICES, COLUMNS, ROWS)
        netterms = str(Path(sys.executable).with_name("netterms"))
        ours = [netterms, "report", str(ledger), "--out", str(folder / "out"), "--as-of", AS_OF]
        floor = [sys.executable, "-c", FLOOR, str(ledger)]
        ours_runs, floor_runs = [], []
        for _ in range(ROUNDS):
            floor_runs.append(measure(floor))
            ours_runs.append(measure(ours))
            print(f"  floor {floor_runs[-1][0]:.2f} s, report {ours_runs[-1][0]:.2f} s", flush=True)
        seconds = statistics.median(run[0] for run in ours_runs)
        bare = statistics.median(run[0] for run in floor_runs)
        figure = {
            "figure": "report_1m",
            "value": round(seconds, 2),
            "unit": "s",
            "against": "bare DuckDB read with one GROUP BY",
            "against_value": round(bare, 2),
            "ratio": round(seconds / bare, 1),
            "goal": f"<= {GOAL_RATIO}",
            "met": seconds / bare <= GOAL_RATIO,
            "peak_rss_mib": round(max(run[1] for run in ours_runs)),
            "goal_rss_mib": GOAL_MIB,
            "invoices": INVOICES,
            "buyers": buyers_of(INVOICES),
        }
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
