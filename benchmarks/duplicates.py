"""Which pairs of companies are proposed as one, against labels that others made.

Two sets in the folder NETTERMS_NAMES_DIR, each measured where it is there: OpenSanctions' pairs of
company names (opensanctions-name-bench/cases.csv: schema, name1, name2, is_match), where its own
matcher logic-v2 reaches F1 0.856 at its own bound, and the companies of Senzing's truth set
(senzing-truthset), compared each with each. Pairs of your own are measured under the name of the
first. Both with the bound the program uses. The
rules were written with both in view, so expect less on names nobody has seen. Prints a line of JSON
a set.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from itertools import combinations
from pathlib import Path

from netterms.buyers.likeness import PROPOSED_FROM, Side, compare

FOLDER = Path(os.environ.get("NETTERMS_NAMES_DIR", "no folder was named"))
CASES, TRUTH = "opensanctions-name-bench", "senzing-truthset"
PEER = 0.856


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(judged: list[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of (proposed, truly one) verdicts."""
    right = sum(said and true for said, true in judged)
    said = sum(said for said, _ in judged) or 1
    true = sum(true for _, true in judged) or 1
    precision, recall = right / said, right / true
    return precision, recall, 2 * precision * recall / (precision + recall or 1)


def opensanctions() -> list[tuple[bool, bool]]:
    return [
        (
            compare(Side((line["name1"],)), Side((line["name2"],)), ()).proposed,
            line["is_match"] == "true",
        )
        for line in lines(FOLDER / CASES / "cases.csv")
        if line["schema"] == "Company"
    ]


def senzing() -> list[tuple[bool, bool]]:
    folder = FOLDER / TRUTH
    truth = {
        (line["DATA_SOURCE"], line["RECORD_ID"]): line["CLUSTER_ID"]
        for line in lines(folder / "actual_truthset_key.csv")
    }
    companies = [
        line
        for name in ("customers", "reference", "watchlist")
        for line in lines(folder / f"{name}.csv")
        if line["RECORD_TYPE"] == "ORGANIZATION"
    ]
    judged = []
    for one, other in combinations(companies, 2):
        shared = {"address"} if place(one) & place(other) else set()
        likeness = compare(side(one), side(other), shared)
        same = [truth[line["DATA_SOURCE"], line["RECORD_ID"]] for line in (one, other)]
        judged.append((likeness.proposed, same[0] == same[1]))
    return judged


def side(line: dict[str, str]) -> Side:
    names = [line["PRIMARY_NAME_ORG"], line.get("SECONDARY_NAME_ORG") or ""]
    return Side(tuple(name.strip() for name in names if name))


def place(line: dict[str, str]) -> set[tuple[str, ...]]:
    """Postal code and house number; no place where either lacks."""
    text = " ".join(line.get(name) or "" for name in ("ADDR_FULL", "ADDR_LINE1"))
    code = line.get("ADDR_POSTAL_CODE") or next(iter(re.findall(r"\b\d{5,6}\b", text)), "")
    houses = [found for found in re.findall(r"\b\d{1,4}\b", text) if found != code]
    return {(code, house) for house in houses} if code else set()


def main() -> None:
    if not FOLDER.is_dir():
        print("NETTERMS_NAMES_DIR names no folder of labelled names", file=sys.stderr)
        return
    for folder, name, judge, peer in (
        (CASES, "OpenSanctions pairs of company names", opensanctions, PEER),
        (TRUTH, "Senzing truth set, companies", senzing, None),
    ):
        if not (FOLDER / folder).is_dir():
            print(f"no folder {folder} in {FOLDER}: not measured", file=sys.stderr)
            continue
        judged = judge()
        precision, recall, f1 = figures(judged)
        figure = {
            "figure": f"Duplicates: F1 on {name} ({len(judged)} pairs, bound {PROPOSED_FROM})",
            "value": round(f1, 3),
            "unit": "F1",
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "against": f"logic-v2, {peer}" if peer else "none known",
            "ratio": round(f1 / peer, 3) if peer else None,
            "goal": ">= 1 times" if peer else "to see",
            "met": f1 >= peer if peer else True,
        }
        print(json.dumps(figure, ensure_ascii=False))


if __name__ == "__main__":
    main()
