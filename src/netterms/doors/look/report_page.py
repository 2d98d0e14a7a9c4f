"""The one-page report: report.json's dict in, one self-contained HTML page out.

The page asks for nothing outside itself: styles and charts are inside, there is no script, and its
own content security policy forbids both, so a hostile buyer name stays a name.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from netterms.doors.look import formats
from netterms.doors.look.method import FIELDS, METHOD

BUYER_ROWS = 500
CHASE_ROWS_A_STAGE = 20
COUNTRY_ROWS = 6
# A reason's direction is seen from the score: what lowers the score raises the risk.
LOWERS_SCORE = frozenset({"lowered", "lowers", "down", "negative", "worse", "-"})

STATIC = Path(__file__).parent / "static" / "look"
Block = Mapping[str, Any]


def render(report: Mapping[str, Any]) -> str:
    """The HTML page of a report (the dict of report.json), in the report's own language."""
    language = str(report.get("lang") or "en").replace("_", "-").lower()
    with translation.override(language):
        return render_to_string("look/report.html", _context(report, language))


def _context(report: Mapping[str, Any], language: str) -> dict[str, Any]:
    css = "".join((STATIC / name).read_text("utf-8") for name in ("netterms.css", "report.css"))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    source = report.get("source") or {}
    sections = [_section(code, block) for code, block in report["currencies"].items()]
    sections.sort(key=lambda section: -int(section["block"].get("open_count") or 0))
    return {
        "report": report,
        "language": language,
        "css": mark_safe(css),  # noqa: S308 our own file
        "csp": f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "icon": base64.b64encode((STATIC / "favicon.svg").read_bytes()).decode(),
        "source": source,
        "mapping": [(FIELDS.get(k, k), v) for k, v in (source.get("mapping") or {}).items()],
        "sections": sections,
        "method": METHOD,
    }


def _decimal(value: object) -> Decimal:
    return Decimal(str(value or 0))


def _decimals(rows: Sequence[Block], key: str) -> list[Decimal]:
    """The amounts of many rows: those that are text, as in report.json, need no other form."""
    values = [row.get(key) or 0 for row in rows]
    return [Decimal(v) if type(v) is str else _decimal(v) for v in values]


def _section(currency: str, block: Block) -> dict[str, Any]:
    """One currency as the template wants it: everything long cut to what a page can hold."""
    buyers: Sequence[Block] = block.get("buyers") or []
    chase: Sequence[Block] = block.get("chase_today") or []
    amounts = _decimals(buyers, "open")
    largest = heapq.nlargest(BUYER_ROWS, range(len(buyers)), key=amounts.__getitem__)
    countries: Sequence[Block] = block.get("countries") or []
    total, overdue = _decimal(block.get("open_total")), _decimal(block.get("overdue_total"))
    return {
        "currency": currency,
        "currency_name": formats.currency_name(currency),
        "block": block,
        "overdue_share": overdue / total if total else None,
        # Chinese sentences follow each other without a space.
        "summary": ("" if formats.locale().language == "zh" else " ").join(
            _summary(currency, block, total, overdue)
        ),
        "chase": _stages(chase),
        "chase_count": len(chase),
        "chase_sum": sum(_decimals(chase, "overdue"), Decimal(0)),
        "dso": _dso(block.get("dso") or {}),
        "buyers": [_buyer(buyers[at]) for at in largest],
        "buyers_total": len(buyers),
        "grades": _grades(buyers, amounts),
        "countries": countries[:COUNTRY_ROWS],
        "countries_rest": _rest(countries[COUNTRY_ROWS:]),
    }


def _rest(countries: Sequence[Block]) -> dict[str, Any] | None:
    if not countries:
        return None
    return {
        "count": len(countries),
        "open": sum((_decimal(c.get("open")) for c in countries), Decimal(0)),
        "share": sum((_decimal(c.get("share")) for c in countries), Decimal(0)),
    }


def _stages(chase: Sequence[Block]) -> list[dict[str, Any]]:
    """The work list by stage, the last stage first, each cut to `CHASE_ROWS_A_STAGE`."""
    stages: dict[int, list[Block]] = {}
    for row in chase:
        stages.setdefault(int(row.get("stage") or 0), []).append(row)
    return [
        {
            "stage": stage,
            "rows": rows[:CHASE_ROWS_A_STAGE],
            "count": len(rows),
            "hidden": max(len(rows) - CHASE_ROWS_A_STAGE, 0),
            "sum": sum(_decimals(rows, "overdue"), Decimal(0)),
        }
        for stage, rows in sorted(stages.items(), reverse=True)
    ]


def _dso(dso: Block) -> list[dict[str, Any]]:
    """The three DSO figures with their one-line explanation and a common scale."""
    ways = (
        (
            "simple",
            _("Simple"),
            _("Open receivables over credit sales of the period, times its days."),
        ),
        (
            "countback",
            _("Count-back"),
            _("Takes off the newest months' sales first: right when sales swing."),
        ),
        (
            "best",
            _("Best possible"),
            _("As if every buyer paid on the due date: what your terms alone cost."),
        ),
    )
    top = max((_decimal(dso.get(key)) for key, _name, _text in ways), default=Decimal(0))
    return [
        {"key": key, "name": name, "text": text, "value": dso.get(key), "top": top}
        for key, name, text in ways
    ]


def _texts(reasons: object) -> Iterable[tuple[str, bool]]:
    """(text, lowers the score) of reasons given as dicts or as plain strings."""
    for reason in reasons if isinstance(reasons, list | tuple) else ():
        if isinstance(reason, Mapping):
            text = reason.get("text") or reason.get("code") or ""
            yield str(text), str(reason.get("direction") or "").lower() in LOWERS_SCORE
        else:
            yield str(reason), False


def _buyer(buyer: Block) -> dict[str, Any]:
    return {
        **buyer,
        "why_grade": list(_texts(buyer.get("reasons")))[:4],
        "why_limit": [text for text, _worse in _texts(buyer.get("limit_reasons"))][:3],
    }


def _grades(buyers: Sequence[Block], amounts: Sequence[Decimal]) -> list[dict[str, Any]]:
    """Open balance and number of buyers by grade 1..10, grade 0 standing for none."""
    found: dict[int, list[Decimal]] = {}
    for buyer, amount in zip(buyers, amounts, strict=True):
        found.setdefault(int(buyer.get("grade") or 0), []).append(amount)
    nothing = Decimal(0)
    return [
        {"grade": g, "count": len(found[g]), "open": sum((a for a in found[g] if a > 0), nothing)}
        for g in (*range(1, 11), 0)
        if g in found
    ]


def _summary(currency: str, block: Block, total: Decimal, overdue: Decimal) -> list[str]:
    """What a reader should know first, in whole sentences."""
    count = int(block.get("open_count") or 0)
    facts = {
        "open": formats.money_short(total, currency),
        "count": formats.number(count),
        "overdue": formats.money_short(overdue, currency),
        "share": formats.percent(overdue / total if total else 0, 0),
    }
    sentences = [
        ngettext(
            "Buyers owe %(open)s on %(count)s open invoice.",
            "Buyers owe %(open)s on %(count)s open invoices.",
            count,
        )
        % facts,
        _("%(overdue)s of it (%(share)s) is past due.") % facts
        if overdue
        else _("Nothing is past due."),
    ]
    ageing = block.get("ageing") or {}
    old = _decimal(ageing.get("91-120")) + _decimal(ageing.get("over-120"))
    if old:
        sentences.append(
            _("%(amount)s has been due for more than 90 days.")
            % {"amount": formats.money_short(old, currency)}
        )
    dso = block.get("dso") or {}
    if dso.get("simple") is not None and dso.get("add") is not None:
        sentences.append(
            _("A sale takes %(dso)s days to become cash, %(add)s of them because buyers pay late.")
            % {"dso": formats.number(dso["simple"], 0), "add": formats.number(dso["add"], 0)}
        )
    elif lacks_past(block):
        sentences.append(no_past())
    return sentences + _first_to_chase(currency, block)


def lacks_past(block: Block) -> bool:
    """Whether the list has open invoices of this currency and none that was paid."""
    return bool(block.get("open_count")) and block.get("late_rate") is None


def no_past() -> str:
    """Why figures of the past are missing: a rate of open invoices alone would look worse."""
    return _(
        "How late buyers pay and how long a sale takes to become cash cannot be told from open"
        " invoices alone: add those paid in the last twelve months."
    )


def _first_to_chase(currency: str, block: Block) -> list[str]:
    chase: Sequence[Block] = block.get("chase_today") or []
    if not chase:
        return []
    first = max(chase, key=lambda r: (int(r.get("stage") or 0), _decimal(r.get("overdue"))))
    facts = {
        "n": formats.number(len(chase)),
        # Isolated (U+2068, U+2069): a name's own direction must not turn the sentence around.
        "name": f"\u2068{first.get('name')}\u2069",
        "overdue": formats.money_short(_decimal(first.get("overdue")), currency),
        "days": formats.number(first.get("oldest_days_past_due")),
    }
    return [
        ngettext(
            "%(n)s buyer needs action today: %(name)s, %(overdue)s overdue, up to %(days)s days "
            "late.",
            "%(n)s buyers need action today, first of all %(name)s: %(overdue)s overdue, up to "
            "%(days)s days late.",
            len(chase),
        )
        % facts
    ]
