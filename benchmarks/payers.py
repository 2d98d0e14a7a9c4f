"""How far off the payment model is on a real ledger, against each buyer's own median so far.

Learned on the older three quarters of the paid invoices, measured on the newest quarter: see
docs/models/payers_v1.md. The ledger has no licence, so neither it nor a model of it is shipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import django

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "receivables-ledger"
GOAL_DAYS, GOAL_AUC = 2.7, 0.85


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netterms.site.settings")
    django.setup()
    from netterms.scoring.payers.measuring import measure

    ledger = Path(os.environ.get("NETTERMS_LEDGER_DIR", BESIDE)) / "closed_invoices.csv"
    if not ledger.exists():
        raise SystemExit("no ledger: name its folder with NETTERMS_LEDGER_DIR")
    found = measure(ledger)
    by_method = {each.method: each for each in found.measures}
    ours, median = by_method["payers_v1"], by_method["buyer_median"]
    figure = {
        "figure": "payers_days_off",
        "value": round(ours.error, 2),
        "unit": "days",
        "against": "the buyer's median so far",
        "against_value": round(median.error, 2),
        "ratio": round(ours.error / median.error, 2),
        "goal": f"< {GOAL_DAYS} days, AUC of late > {GOAL_AUC}",
        "met": ours.error < GOAL_DAYS and ours.late_auc > GOAL_AUC,
        "late_auc": round(ours.late_auc, 3),
        "days_off_by_buyer": round(ours.error_by_buyer, 2),
        "tested": found.tested,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
    }
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
