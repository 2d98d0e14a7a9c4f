"""Find a Chromium for the browser tests, or install Debian's where that is allowed.

`make test` runs this first. Without a browser the browser tests are skipped, and it says why; where
CI is set that is a failure, so that they are never lost silently.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The fonts are for the Chinese pages.
PACKAGES = ("chromium", "fonts-noto-cjk")


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome: $CHROMIUM, one on the path, or Playwright's own."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def install() -> None:
    """Debian's package, where apt is here and we may use it."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
        env=environment,
        **quiet,
    )


def main() -> int:
    if find_chromium() is None:
        install()
    if find_chromium() is not None:
        return 0
    print(
        "No Chromium was found and it could not be installed here. Install it (Debian: apt-get install"
        " chromium fonts-noto-cjk) or set CHROMIUM to its path. The browser tests are skipped."
    )
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
