"""Find a Java that runs Apache Spark, or install the system's own; say so where neither works.

Prints the path it found. Without one the questions are not asked of Spark: those tests are skipped,
except in CI, where it fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests import debian

# What Spark 4 asks for.
OLDEST = 17
PACKAGES = ("openjdk-17-jre-headless", "openjdk-21-jre-headless")


def find() -> str | None:
    """The Java that Spark would start, that of JAVA_HOME or of the path; None if too old."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    return found if found and _version(found) >= OLDEST else None


def _version(java: str) -> int:
    """The main number of `java -version`: 17 of `17.0.15`, 1 of `1.8.0`; 0 when it does not run."""
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    said = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(said.group(1)) if said else 0


def main() -> int:
    for package in PACKAGES:
        if find() is None:
            debian.install("Java for the tests of Apache Spark", package)
    found = find()
    if found:
        print(f"Java: {found}")
        return 0
    print(
        "No Java: the tests on Apache Spark will be skipped."
        f" Install Java {OLDEST} or newer, or name it in the environment as JAVA_HOME."
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
