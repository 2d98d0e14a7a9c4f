"""Every worked example of the score rules is an acceptance test that bears its number."""

from __future__ import annotations

import re

from tests.tidy.test_docs import ROOT

# Examples of section 3 of the rules: Altman, Ohlson, Zmijewski and what cannot be computed (1 to
# 5), payment index (6 to 8), limits (9 to 11), scaling and expected loss (12 to 14).
EXAMPLES = range(1, 15)
NAME = re.compile(r"^def test_ex_3_(\d+)_\w+\(", re.MULTILINE)


def test_every_example_of_scores_and_limits_has_a_test_of_its_name():
    found: dict[int, list[str]] = {}
    for file in sorted((ROOT / "tests" / "rules").rglob("test_*.py")):
        for number in NAME.findall(file.read_text("utf-8")):
            found.setdefault(int(number), []).append(file.name)
    assert sorted(found) == list(EXAMPLES)
