"""Find a Chromium for the browser tests, or install the system's own; say so where neither works.

Prints the path it found. Without one the browser tests are skipped, except in CI, where it fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The report and the console are looked at in Chinese too.
PACKAGES = ("chromium", "fonts-noto-cjk")
INSTALL_SECONDS = 600


def find() -> str | None:
    """The browser named by CHROMIUM, the system's, or the one Playwright brought; None if none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()


def _of_playwright() -> str | None:
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folder = Path(own) if own else Path.home() / ".cache" / "ms-playwright"
    found = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def install() -> None:
    """Install Debian's browser where we may; a failure is told and no more."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests ...", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
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


def main() -> int:
    if find() is None:
        install()
    found = find()
    if found:
        print(f"Browser: {found}")
        return 0
    print(
        "No Chromium: the browser tests will be skipped."
        " Install chromium, or name it in the environment as CHROMIUM."
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
