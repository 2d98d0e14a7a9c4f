"""Models of annual accounts against LightGBM on the raw columns, in the same ten folds.

Names of CSV files in BENCH_ACCOUNTS, separated by commas; without it nothing is measured. It needs
`netterms[train]`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FILES = [Path(name) for name in os.environ.get("BENCH_ACCOUNTS", "").split(",") if name]
FOLDS = int(os.environ.get("BENCH_FOLDS", "10"))
SEED = 1
GOALS = {"scorecard": -0.01, "challenger": 0.0}


def main() -> None:
    """One figure for our card and one for our challenger, for each file."""
    if not FILES:
        print("no file named in BENCH_ACCOUNTS: nothing measured", file=sys.stderr)
        return
    from netterms.scoring.training import compare, samples

    for file in FILES:
        sample = samples.read(file)
        found = {line.model: line.auc for line in compare.in_folds(sample, FOLDS, SEED)}
        rival = found[compare.LIGHTGBM]
        for model, least in GOALS.items():
            figure = {
                "figure": f"accounts_{model}_{file.stem}",
                "value": round(found[model], 4),
                "unit": "AUC",
                "against": "LightGBM on the raw columns, same folds",
                "against_value": round(rival, 4),
                "ratio": round(found[model] / rival, 4),
                "goal": f"AUC at least {least:+.2f} of the rival's",
                "met": found[model] >= rival + least,
            }
            print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
