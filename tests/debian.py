"""Packages of Debian that some tests need and `pip` cannot bring."""

from __future__ import annotations

import os
import shutil
import subprocess

INSTALL_SECONDS = 600


def install(what: str, *packages: str) -> None:
    """Install `packages` where we may; a failure is told and no more."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    print(f"Installing {what} ...", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        try:
            done = subprocess.run(
                command, env=quiet, timeout=INSTALL_SECONDS, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{command[0]}: {error}")
            return
        if done.returncode:
            print(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-500:]}")
            return
