"""Run every benchmark and write what they found to RESULTS.md.

A benchmark is a script beside this one that prints a JSON object on a line of its own for each
figure: `figure`, `value`, `unit`, `against`, `ratio` and `goal`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "RESULTS.md"
Figure = dict[str, Any]


def scripts() -> list[Path]:
    """Every script that can be run, this one left out."""
    found = sorted(FOLDER.glob("*.py"))
    return [
        path
        for path in found
        if path.name != Path(__file__).name and '__name__ == "__main__"' in path.read_text()
    ]


def run(script: Path) -> list[Figure]:
    """The figures a benchmark prints; none when it failed. Its output is shown."""
    print(f"== {script.name}", flush=True)
    figures: list[Figure] = []
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith('{"figure"'):
                figures.append(json.loads(line))
    return [] if process.returncode else figures


def met(figure: Figure) -> str:
    """Whether the goal was met: as the benchmark says, else by its ratio."""
    if "met" in figure:
        return "yes" if figure["met"] else "no"
    goal = str(figure.get("goal", ""))
    sign, _, bound = goal.partition(" ")
    ratio = figure.get("ratio")
    if sign not in {"<=", ">="} or ratio is None:
        return "?"
    limit = float(bound.split()[0])
    return "yes" if (ratio <= limit if sign == "<=" else ratio >= limit) else "no"


def machine() -> str:
    """Processor count and memory, so that figures of two machines are not compared."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        memory = f", {size:.0f} GiB"
    return (
        f"{os.cpu_count()} cores{memory}, {platform.system()}, Python {platform.python_version()}"
    )


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| figure | value | against | ratio | goal | met |",
        "| --- | ---: | --- | ---: | --- | --- |",
    ]
    for figure in figures:
        floor = f" ({figure['against_value']})" if "against_value" in figure else ""
        lines.append(
            f"| {figure['figure']} | {figure['value']} {figure['unit']} "
            f"| {figure['against']}{floor} | {figure.get('ratio', '')} "
            f"| {figure.get('goal', '')} | {met(figure)} |"
        )
    return "\n".join(lines)


def main() -> None:
    figures: list[Figure] = []
    failed = []
    for script in scripts():
        found = run(script)
        figures += found
        if not found:
            failed.append(script.name)
    text = (
        "# Benchmark results\n\nWritten by `make bench`. A ratio compares with the bare minimum "
        "the same machine needs for the same data.\n\n"
        f"{table(figures)}\n\n{datetime.now(UTC):%Y-%m-%d}, {machine()}.\n"
    )
    if failed:
        text += f"\nFailed: {', '.join(failed)}.\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(f"\n{text}")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
