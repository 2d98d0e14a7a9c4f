"""A made-up report.json with two currencies, for tests and for looking at the page."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", "over-120")
ENGLISH = [
    "Harbour & Quay Ltd",
    "Nordwind Maschinenbau GmbH",
    "Atlas Fasteners Inc.",
    "Société Générale d'Outillage",
    "Blue Heron Foods plc",
    "Kestrel Packaging BV",
    "Mistral Energie SARL",
    "Orion Medical Supplies",
    "Tri-County Building Materials LLC",
    "Vega Textiles S.p.A.",
    "Lakeside Dairy Co-operative",
    "Quantum Test & Measurement",
    "Ironbridge Castings",
    "Fjord Seafood AS",
    "Pampas Agro S.A.",
    "Silverline Logistics",
    "Cobalt Coatings",
    "Redwood Furniture Works",
    "Summit Outdoor Retail",
    "Evergreen Paper Mills",
    "Marlowe & Sons",
    "Delta Pump Services",
    "Castellan Wines",
    "Northgate Pharma",
]
CHINESE = [
    "上海远航国际贸易有限公司",
    "深圳市鑫源电子科技股份有限公司",
    "宁波海川进出口有限公司",
    "苏州精工机械制造有限公司",
    "广州华南食品集团有限公司",
    "青岛恒信纺织品有限公司",
    "成都西南医疗器械有限公司",
    "武汉长江化工股份有限公司",
    "厦门嘉禾陶瓷有限公司",
    "天津渤海钢铁贸易有限公司",
    "杭州云栖软件技术有限公司",
    "重庆山城汽车配件有限公司",
]
STAGES = {1: (1, 30), 2: (31, 60), 3: (61, 90), 4: (91, 10_000)}
ACTIONS = {
    1: "Send reminder 2",
    2: "Call the accounts department, confirm in writing",
    3: "Send formal notice, stop deliveries on credit",
    4: "Prepare the insurance claim file",
}


def _bucket(days: int) -> str:
    for key, top in zip(BUCKETS, (0, 30, 60, 90, 120), strict=False):
        if days <= top:
            return key
    return BUCKETS[-1]


def _stage(days: int) -> int | None:
    return next((s for s, (low, high) in STAGES.items() if low <= days <= high), None)


def _grade(rng: random.Random, days: int) -> int:
    return min(10, max(1, round(rng.gauss(4 + days / 25, 1.3))))


def _buyer(rng: random.Random, number: int, name: str, country: str, size: float) -> dict[str, Any]:
    owed = Decimal(rng.lognormvariate(size, 1.1)).quantize(CENT)
    late = rng.random() < 0.42
    days = int(rng.expovariate(1 / 52)) + 1 if late else 0
    overdue = (owed * Decimal(rng.uniform(0.1, 0.9))).quantize(CENT) if late else Decimal(0)
    grade = _grade(rng, days)
    reasons = [
        {
            "code": "open_overdue" if late else "nothing_overdue",
            "text": f"The oldest open invoice is {days} days past due."
            if late
            else "No open invoice is past due.",
            "direction": "lowered" if late else "raised",
        },
        {
            "code": "share_late",
            "text": f"{rng.randint(5, 60)} % of invoices in 12 months were paid late.",
            "direction": "lowered" if grade > 4 else "raised",
        },
    ]
    stage = _stage(days)
    refused = grade >= 9 or (stage or 0) >= 3
    limit = Decimal(0) if refused else (owed * Decimal("1.25") / 1000).to_integral_value() * 1000
    why = "Stage 3 is open: no new credit." if refused else "Need at real payment days, rounded up."
    return {
        "buyer": f"{200_000_000 + number}",
        "name": name,
        "country": country,
        "grade": grade,
        "pd": round(0.0007 * 1.9**grade, 5),
        "score": 700 - 18 * grade,
        "payment_index": round(max(5.0, 82 - days * 0.7), 2),
        "confidence": rng.choice([0.3, 0.6, 0.8, 0.95]),
        "reasons": reasons,
        "open": str(owed),
        "overdue": str(overdue),
        "oldest_days_past_due": days,
        "stage": stage,
        "recommended_limit": f"{limit:.2f}",
        "limit_reasons": [{"code": "need", "text": why}],
    }


def _chase(rng: random.Random, buyers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    late = [b for b in buyers if b["stage"]]
    late.sort(key=lambda b: (-b["stage"], -Decimal(b["overdue"])))
    return [
        {
            **{k: b[k] for k in ("buyer", "name", "stage", "overdue", "oldest_days_past_due")},
            "action": ACTIONS[b["stage"]],
            "invoices": rng.randint(1, 9),
            "why": f"Oldest invoice {b['oldest_days_past_due']} days past due, no promise on file.",
        }
        for b in late
    ]


def _top20(buyers: list[dict[str, Any]], total: Decimal) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    running = 0.0
    for rank, b in enumerate(buyers[:20], 1):
        share = float(Decimal(b["open"]) / total)
        running += share
        keys = ("buyer", "name", "open", "overdue", "oldest_days_past_due", "grade")
        extra = {"rank": rank, "share": share, "cumulative_share": running}
        rows.append({**{k: b[k] for k in keys}, **extra})
    return rows


def _months(rng: random.Random, monthly: float) -> list[dict[str, Any]]:
    names = [f"2025-{m:02}" for m in (11, 12)] + [f"2026-{m:02}" for m in range(1, 12)]
    return [
        {
            "month": name,
            "sales": f"{monthly * rng.uniform(0.75, 1.3):.2f}",
            "collected": f"{monthly * rng.uniform(0.65, 1.2):.2f}",
            "late_rate": round(rng.uniform(0.24, 0.44), 4),
        }
        for name in names
    ]


def _block(
    seed: int, names: list[str], countries: list[str], count: int, size: float
) -> dict[str, Any]:
    rng = random.Random(seed)
    many = (
        names[k % len(names)] + (f" {k // len(names) + 1}" if k >= len(names) else "")
        for k in range(count)
    )
    buyers = [_buyer(rng, k, name, rng.choice(countries), size) for k, name in enumerate(many)]
    buyers.sort(key=lambda b: -Decimal(b["open"]))
    total = sum((Decimal(b["open"]) for b in buyers), Decimal(0))
    overdue = sum((Decimal(b["overdue"]) for b in buyers), Decimal(0))
    ageing = dict.fromkeys(BUCKETS, Decimal(0))
    counts = dict.fromkeys(BUCKETS, 0)
    for b in buyers:
        ageing[_bucket(b["oldest_days_past_due"])] += Decimal(b["overdue"])
        ageing["current"] += Decimal(b["open"]) - Decimal(b["overdue"])
        counts[_bucket(b["oldest_days_past_due"])] += 2
        counts["current"] += 2
    by_country: dict[str, Decimal] = {}
    for b in buyers:
        by_country[b["country"]] = by_country.get(b["country"], Decimal(0)) + Decimal(b["open"])
    places = sorted(by_country.items(), key=lambda pair: -pair[1])
    top20 = _top20(buyers, total)
    sales = float(total) * 7.1
    return {
        "open_total": str(total),
        "credits_total": str((-total / 90).quantize(CENT)),
        "overdue_total": str(overdue),
        "open_count": count * 4,
        "overdue_count": sum(2 for b in buyers if b["stage"]),
        "ageing": {key: str(value) for key, value in ageing.items()},
        "ageing_counts": counts,
        "late_rate": 0.3562,
        "late_rate_by_amount": 0.3104,
        "average_days_late": 11.4,
        "dso": {
            "simple": 51.41, "countback": 48.0 + seed, "best": 36.22, "add": 15.19, "days": 365,
            "sales": f"{sales:.2f}", "receivables": str(total),
        },
        "cei": 84.12,
        "turnover": 7.1,
        "hhi": 412.6,
        "hhi_normalised": 0.0271,
        "top20_share": top20[-1]["cumulative_share"],
        "top20": top20,
        "countries": [
            {"country": code, "open": str(owed), "share": float(owed / total)}
            for code, owed in places
        ],
        "months": _months(rng, sales / 12),
        "buyers": buyers,
        "chase_today": _chase(rng, buyers),
    }  # fmt: skip


def sample_report(lang: str = "en", buyers: int = 84) -> dict[str, Any]:
    """A whole report dict; `buyers` is the number of USD buyers."""
    west = ["US", "DE", "GB", "NL", "FR", "CN", "BR", "NO", ""]
    return {
        "netterms": "0.1.0",
        "as_of": "2026-11-23",
        "source": {
            "file": "open-items-2026-11.xlsx",
            "rows": 4213,
            "bad_rows": 3,
            "mapping": {
                "buyer_number": "Customer no.", "buyer_name": "客户名称", "invoice_number": "Doc",
                "issued_on": "Posting date", "due_on": "Due", "amount_minor": "Amount",
                "open_minor": "Balance", "currency": "Curr",
            },
            "notes": ["Dates were read as day before month, because 31/01/2026 occurs."],
        },
        "lang": lang,
        "currencies": {
            "USD": _block(3, ENGLISH + CHINESE[:4], west, buyers, 10.4),
            "CNY": _block(5, list(CHINESE), ["CN", "HK", "SG"], 26, 11.8),
        },
    }  # fmt: skip
