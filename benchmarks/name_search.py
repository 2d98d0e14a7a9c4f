"""A name as people type it, found among companies: p50, p95, p99 and what share was found, by kind.

Each search is planted: the name of a company that is there, changed in one of the ways of KINDS.
Against the floor, a bare lookup of an exact name by b-tree in the same kind of transaction; beside
it `name ilike '%...%'`, which reads every row and finds no slip. At the end 100,000 more are added.
BENCH_COMPANIES sets how many companies (5,000,000). Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

COMPANIES = int(os.environ.get("BENCH_COMPANIES", "5000000"))
SEARCHES_EACH, SCANS = 100, 8
AT_ONCE, ADDED = 500_000, 100_000


def words(text: str) -> list[str]:
    return text.split()


SYLLABLES = words(
    "ba be bi bo bru da del di do dra el en fa fer fi gra gu hal hel in ka kel kon la len lin lo "
    "ma mer mi mon na nel ni nor pa per pla po ra ren ri rok sa sel si ska so sta ta tel ti tor "
    "tra va ven vi vo wal wen wi wol za zel"
)
TRADES = words(
    "Handel Trading Logistik Logistics Foods Steel Textiles Electronics Pharma Systems Solutions "
    "Industries Energy Motors Paper Chemicals Services Engineering Packaging Furniture Metals"
)
INDEXED = ["buyer", "buyer_search", "name_word"]
EXACT = """
select b.name from buyer_search s join buyer b on b.seller_id = s.seller_id and b.id = s.buyer_id
where s.seller_id = %(seller)s and s.said = %(text)s limit 20
"""
SCAN = "select name from buyer where seller_id = %(seller)s and name ilike %(text)s limit 20"
FORMS = ["GmbH", "Ltd", "LLC", "S.A.", "AG", "S.r.l.", "B.V.", "Inc.", "有限公司", "Sp. z o.o."]
CHINESE_PLACES = words("深圳 上海 北京 广州 杭州 苏州 天津 武汉 成都 南京")
CHINESE_TRADES = words("贸易 科技 电子 机械 实业 物流 食品 纺织 化工 建材")
CHINESE = "华中国金银海天龙腾达盛兴隆瑞祥和信安泰康宏伟明新东方南北长江山河石林森源通联合创智"


def name(chance: random.Random) -> str:
    """A made-up company, one in five Chinese."""
    if chance.random() < 0.2:
        own = "".join(chance.choices(CHINESE, k=chance.randint(2, 4)))
        return f"{chance.choice(CHINESE_PLACES)}{own}{chance.choice(CHINESE_TRADES)}有限公司"
    words = [
        "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize()
        for _ in range(chance.randint(1, 2))
    ]
    return " ".join([*words, chance.choice(TRADES), chance.choice(FORMS)])


def slipped(chance: random.Random, word: str) -> str:
    """A letter left out, doubled, wrong, or in the place of the next."""
    at = chance.randint(1, len(word) - 2)
    before, here, after = word[:at], word[at], word[at + 1 :]
    wrong = chance.choice("aeiounrst" if here.isascii() else CHINESE)
    return chance.choice(
        [before + after, before + here * 2 + after, before + wrong + after,
         before + after[0] + here + after[1:]]
    )  # fmt: skip


def of_latin(chance: random.Random, core: str) -> dict[str, str]:
    """What somebody types who looks for a name in Latin letters, by kind."""
    said = core.split(" ")
    own = max(range(len(said)), key=lambda nth: len(said[nth]))
    slip = [slipped(chance, word) if nth == own else word for nth, word in enumerate(said)]
    return {
        "with form": f"{core} {chance.choice(FORMS)}",
        "without form": core,
        "slip": " ".join(slip),
        "two slips": " ".join(slipped(chance, word) for word in said),
        "swapped": " ".join(said[::-1]),
        "begun": " ".join([*said[:-1], said[-1][: max(3, len(said[-1]) // 2)]]),
    }


def of_chinese(chance: random.Random, core: str) -> dict[str, str]:
    """The same for a Chinese name."""
    from netterms.buyers.names import latin

    return {
        "Chinese with form": f"{core}有限公司",
        "Chinese part": core[chance.randint(1, 2) :],
        "Chinese slip": slipped(chance, core),
        "Chinese by sound": latin(core),
    }


KINDS = [*of_latin(random.Random(0), "Abcd Efgh"), "Chinese with form", "Chinese part",
         "Chinese slip", "Chinese by sound"]  # fmt: skip


def planted(chance: random.Random, sample: list[str]) -> list[tuple[str, str, str]]:
    """Searches as (kind, what is typed, core of the name meant), SEARCHES_EACH of each kind."""
    from netterms.buyers.names import core

    asked, cores = [], [core(said) for said in sample]
    for kind in KINDS:
        mine = [meant for meant in cores if meant.isascii() != kind.startswith("Chinese")]
        for meant in chance.sample(mine, SEARCHES_EACH):
            ways = (of_latin if meant.isascii() else of_chinese)(chance, meant)
            asked.append((kind, ways[kind], meant))
    chance.shuffle(asked)
    return asked


def spread(times: list[float]) -> dict[str, float]:
    """Milliseconds."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: round(percentile(times, share), 1) for name, share in shares.items()}


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="nt-"))
    os.environ["NETTERMS_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.db import connections

    from netterms.access.actions import open_seller
    from netterms.kernel.context import EVERYTHING, Context
    from netterms.store import server
    from netterms.store.schema import migrate, open_database

    try:
        open_database()
        migrate()
        now = datetime(2026, 6, 1, 9, tzinfo=UTC)
        seller = open_seller(name="Bench", country="DE", currency="EUR", now=now)
        ctx = Context(seller=seller, actor="bench", today=date(2026, 6, 1), now=now, may=EVERYTHING)
        measure(ctx)
    finally:
        connections.close_all()
        server.leave(home)
        shutil.rmtree(home, ignore_errors=True)


def add(ctx, start: int, named: list[str]) -> float:
    """Add buyers with these names and index them; seconds the index took."""
    from netterms.buyers.actions import index_names
    from netterms.store import sql
    from netterms.store.tenancy import book

    numbers = [f"B{start + nth}" for nth in range(len(named))]
    with book(ctx):
        sql.execute(
            """
            insert into buyer (seller_id, buyer_number, name, country)
            select %(seller)s, n, name, 'DE'
            from unnest(%(numbers)s::text[], %(names)s::text[]) as t(n, name)
            """,
            {"seller": ctx.seller, "numbers": numbers, "names": named},
        )
    begun = time.perf_counter()
    index_names(ctx)
    return time.perf_counter() - begun


def timed(call) -> tuple[float, list]:
    begun = time.perf_counter()
    found = call()
    return time.perf_counter() - begun, found


def measure(ctx) -> None:
    from netterms.buyers.names import core
    from netterms.buyers.queries import search
    from netterms.store import sql
    from netterms.store.tenancy import book

    def bare(condition: str, text: str) -> list[str]:
        with book(ctx):
            lines = sql.rows(condition, {"seller": ctx.seller, "text": text})
        return [core(line["name"]) for line in lines]

    chance = random.Random(7)
    sample: list[str] = []
    indexing = 0.0
    for start in range(0, COMPANIES, AT_ONCE):
        named = [name(chance) for _ in range(min(AT_ONCE, COMPANIES - start))]
        sample += chance.sample(named, min(len(named), SEARCHES_EACH * 20))
        indexing += add(ctx, start, named)
        print(f"{start + len(named):,} companies, {indexing:.0f} s of indexing", file=sys.stderr)
    with book(ctx):
        for table in INDEXED:
            sql.execute(f"analyze {table}")
    asked = planted(chance, sample)
    first, _ = timed(lambda: search(ctx, asked[0][1]))
    for _, text, _ in asked[:50]:
        search(ctx, text)
    times, exact = [], []
    times_of: dict[str, list[float]] = {kind: [] for kind in KINDS}
    found_of: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for kind, text, meant in asked:
        seconds, found = timed(lambda text=text: search(ctx, text, 20))
        times.append(seconds)
        times_of[kind].append(seconds)
        found_of[kind].append(meant in {core(one.name) for one in found[:10]})
        exact.append(timed(lambda meant=meant: bare(EXACT, meant))[0])
    scans = [timed(lambda text=text: bare(SCAN, f"%{text}%"))[0] for _, text, _ in asked[:SCANS]]
    p95, floor = percentile(times, 0.95), percentile(exact, 0.95)
    figure = {
        "figure": f"Search by name among {COMPANIES:,} companies, slips of typing included, p95",
        "value": round(p95, 1),
        "unit": "ms",
        "p50": round(percentile(times, 0.5), 1),
        "slowest": round(max(times) * 1000, 1),
        "p99": round(percentile(times, 0.99), 1),
        "first": round(first * 1000, 1),
        "ms_by_kind": {kind: spread(some) for kind, some in times_of.items()},
        "found_among_10": {kind: statistics.mean(hits) for kind, hits in found_of.items()},
        "indexing_seconds": round(indexing, 1),
        "added_100_000_seconds": round(
            add(ctx, COMPANIES, [name(chance) for _ in range(ADDED)]), 1
        ),
        "ilike_p50_ms": round(statistics.median(scans) * 1000),
        "against": "bare lookup of the exact name by b-tree, p95 ms",
        "against_value": round(floor, 2),
        "ratio": round(p95 / floor, 1),
        "goal": "p95 under 50 ms",
        "met": p95 < 50,
    }
    print(json.dumps(figure, ensure_ascii=False))


if __name__ == "__main__":
    main()
