"""A name with a slip, found among companies: p50 and p95 on one connection.

Against: `name ilike '%...%'` over the same table, which reads every row and finds no slip at all.
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
SEARCHES, BARE_SEARCHES = 400, 12
AT_ONCE = 500_000


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


def typed(chance: random.Random, said: str) -> str:
    """What somebody types who looks for it: a slip, another form, or a part of it."""
    core = said.removesuffix("有限公司").strip()
    words = core.split(" ")
    if len(words) == 1:
        return core[chance.randint(0, 2) :]
    # The legal form goes; letters are doubled, dropped or changed places.
    words = words[:-1]
    at = chance.randint(1, max(1, len(words[0]) - 2))
    first = words[0]
    words[0] = chance.choice(
        [first, first[:at] + first[at + 1 :], first[:at] + first[at] + first[at:],
         first[: at - 1] + first[at] + first[at - 1] + first[at + 1 :]]
    )  # fmt: skip
    chance.shuffle(words)
    return " ".join(words)


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


def measure(ctx) -> None:
    from netterms.buyers.actions import index_names
    from netterms.buyers.queries import search
    from netterms.store import sql
    from netterms.store.tenancy import book

    chance = random.Random(7)
    wanted = chance.sample(range(COMPANIES), SEARCHES)
    sample: dict[int, str] = {}
    building = indexing = 0.0
    for start in range(0, COMPANIES, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, COMPANIES))
        named = [name(chance) for _ in numbers]
        sample |= {nth: named[nth - start] for nth in wanted if nth in numbers}
        begun = time.perf_counter()
        with book(ctx):
            sql.execute(
                """
                insert into buyer (seller_id, buyer_number, name, country)
                select %(seller)s, n, name, 'DE'
                from unnest(%(numbers)s::text[], %(names)s::text[]) as t(n, name)
                """,
                {"seller": ctx.seller, "numbers": [f"B{n}" for n in numbers], "names": named},
            )
        building += time.perf_counter() - begun
        begun = time.perf_counter()
        index_names(ctx)
        indexing += time.perf_counter() - begun
        print(f"{numbers.stop:,} companies, {indexing:.0f} s of indexing", file=sys.stderr)
    with book(ctx):
        sql.execute("analyze buyer")
        sql.execute("analyze buyer_search")
    asked = [(typed(chance, sample[nth]), f"B{nth}") for nth in wanted]
    for text, _ in asked[:20]:
        search(ctx, text)
    times, hits = [], 0
    for text, number in asked:
        begun = time.perf_counter()
        found = search(ctx, text, 20)
        times.append(time.perf_counter() - begun)
        hits += number in {one.buyer_number for one in found}
    bare, bare_hits = [], 0
    for text, number in asked[:BARE_SEARCHES]:
        begun = time.perf_counter()
        with book(ctx):
            lines = sql.rows(
                "select buyer_number, name from buyer"
                " where seller_id = %(seller)s and name ilike %(like)s limit 20",
                {"seller": ctx.seller, "like": f"%{text}%"},
            )
        bare.append(time.perf_counter() - begun)
        bare_hits += number in {line["buyer_number"] for line in lines}
    p95, bare_p50 = percentile(times, 0.95), statistics.median(bare) * 1000
    figure = {
        "figure": f"Search by name among {COMPANIES:,} companies, slips of typing included, p95",
        "value": round(p95, 1),
        "unit": "ms",
        "p50": round(percentile(times, 0.5), 1),
        "found_among_20": round(hits / SEARCHES, 3),
        "indexing_seconds": round(indexing, 1),
        "against": f"name ilike '%...%', p50 {bare_p50:.0f} ms,"
        f" found {bare_hits / BARE_SEARCHES:.2f}",
        "ratio": round(p95 / bare_p50, 4),
        "goal": "p95 under 50 ms",
        "met": p95 < 50,
    }
    print(json.dumps(figure, ensure_ascii=False))


if __name__ == "__main__":
    main()
