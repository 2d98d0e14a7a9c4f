"""Hold 100,000 buyers against 50,000 listed names, against the bare table of all pairs.

Ours is the whole `netterms screen`: buyers read, every pair compared, the close ones looked at
again, hits and what was looked at written and committed. The floor is the same table of all pairs,
made by the same compiled loop and thrown away. Names come from a seeded generator of made-up words;
one buyer in 500 is a listed party with an error of typing or another legal form, and how many of
these are found is printed. Goal: within 10 minutes.

Sizes: BENCH_BUYERS, BENCH_NAMES.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

BUYERS = int(os.environ.get("BENCH_BUYERS", "100000"))
NAMES = int(os.environ.get("BENCH_NAMES", "50000"))
LISTED_EVERY = 500
GOAL_SECONDS = 600
CHUNK = 1000
FORMS = ("GmbH", "Ltd", "LLC", "S.A.", "S.r.l.", "B.V.", "Co., Ltd", "Inc.", "")
CONSONANTS = (
    *("b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gl", "h", "j", "k", "kl", "l", "m", "n"),
    *("p", "pl", "qu", "r", "s", "sh", "st", "t", "tr", "v", "w", "x", "y", "z"),
)
VOWELS = ["a", "ai", "au", "e", "ei", "i", "ia", "o", "oi", "u"]
ENDS = ["", "", "", "n", "r", "s", "l", "m", "ck"]


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="nt-bench-"))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "netterms.site.settings", "NETTERMS_HOME": str(home)}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from netterms.store import server

    try:
        measure()
    finally:
        from django.db import connections

        connections.close_all()
        server.leave(home)
        subprocess.run(["rm", "-rf", str(home)], check=False)


def measure() -> None:
    from netterms.access.actions import open_seller
    from netterms.kernel.context import EVERYTHING, Context
    from netterms.screening.actions import load_watchlist
    from netterms.screening.rules import Entry, ListKind, Party, Watchlist
    from netterms.store import sql
    from netterms.store.schema import migrate, open_database
    from netterms.store.tenancy import book

    open_database()
    migrate()
    dice = random.Random(7)
    listed = [company(dice) for _ in range(NAMES)]
    buyers = [company(dice) for _ in range(BUYERS)]
    planted = {n: dice.randrange(NAMES) for n in range(0, BUYERS, LISTED_EVERY)}
    for n, of in planted.items():
        buyers[n] = disguised(dice, listed[of])
    now = datetime.now(UTC)
    seller = open_seller("Bench", "DE", "EUR", now)
    ctx = Context(seller, "bench", now.date(), now, EVERYTHING)
    entries = tuple(Entry(str(n), Party.COMPANY, (name,)) for n, name in enumerate(listed))
    load_watchlist(ctx, Watchlist(ListKind.OPENSANCTIONS, "Bench", "", entries), "bench", "0" * 64)
    with book(ctx):
        sql.execute(
            "insert into buyer (seller_id, buyer_number, name, country)"
            " select %(seller)s, n, name, 'DE'"
            " from unnest(%(names)s::text[]) with ordinality as t(name, n)",
            {"seller": seller, "names": buyers},
        )
    floor = bare(buyers, listed)
    started = time.perf_counter()
    netterms = str(Path(sys.executable).with_name("netterms"))
    subprocess.run([netterms, "screen"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    with book(ctx):
        found = sql.rows(
            "select b.buyer_number::int - 1 as n, h.entry_id::int as entry from screening_hit h"
            " join buyer b on b.seller_id = h.seller_id and b.id = h.buyer_id"
        )
    hits = {(line["n"], line["entry"]) for line in found}
    recall = sum((n, of) in hits for n, of in planted.items()) / len(planted)
    print(
        json.dumps(
            {
                "figure": "screening",
                "value": round(seconds, 1),
                "unit": "s",
                "against": "bare table of all pairs of names",
                "against_value": round(floor, 1),
                "ratio": round(seconds / floor, 2),
                "goal": f"<= {GOAL_SECONDS} s",
                "met": seconds <= GOAL_SECONDS,
                "buyers": BUYERS,
                "listed_names": NAMES,
                "hits": len(hits),
                "planted_found": round(recall, 4),
                "planted": len(planted),
            }
        )
    )


def company(dice: random.Random) -> str:
    words = (
        "".join(syllable(dice) for _ in range(dice.randint(2, 4))).title()
        for _ in range(dice.randint(1, 3))
    )
    return f"{' '.join(words)} {dice.choice(FORMS)}".strip()


def syllable(dice: random.Random) -> str:
    return dice.choice(CONSONANTS) + dice.choice(VOWELS) + dice.choice(ENDS)


def disguised(dice: random.Random, name: str) -> str:
    """The name with a letter doubled, dropped or changed, or with another legal form."""
    words = name.split()
    if dice.random() < 0.5:
        place = dice.randrange(len(words[0]))
        letters = list(words[0])
        letters[place : place + 1] = dice.choice(
            ([], [letters[place]] * 2, [dice.choice("aeioln")])
        )
        words[0] = "".join(letters)
    else:
        words.append(dice.choice(FORMS))
    return " ".join(words).strip() or name


def bare(buyers: list[str], listed: list[str]) -> float:
    import numpy as np
    from rapidfuzz import fuzz, process

    started = time.perf_counter()
    asked, names = [b.lower() for b in buyers], [n.lower() for n in listed]
    for first in range(0, len(asked), CHUNK):
        process.cdist(
            asked[first : first + CHUNK], names, scorer=fuzz.ratio, score_cutoff=70,
            dtype=np.uint8, workers=-1,
        )  # fmt: skip
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
