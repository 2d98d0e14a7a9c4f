"""Run `netterms` as a person does, in a data folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NETTERMS = str(Path(sys.executable).with_name("netterms"))


def environment(home: Path) -> dict[str, str]:
    env = os.environ | {"NETTERMS_HOME": str(home), "COLUMNS": "200", "LANG": "en_US.UTF-8"}
    for name in ("DATABASE_URL", "LC_ALL", "LC_MESSAGES"):
        env.pop(name, None)
    return env


def netterms(home: Path, *words: object, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NETTERMS, *map(str, words)], env=environment(home), input=given, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
