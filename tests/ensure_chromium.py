"""Find a Chromium for the browser tests, or install the system's own; say so where neither works.

Prints the path it found. Without one the browser tests are skipped, except in CI, where it fails.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The report and the console are looked at in Chinese too.
PACKAGES = ("chromium", "fonts-noto-cjk")


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


def main() -> int:
    if find() is None:
        debian.install("Chromium for the browser tests", *PACKAGES)
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
