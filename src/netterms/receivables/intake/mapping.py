"""Which row holds the headings and which column holds which field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake import headings
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.reasons import Note, NoteCode, refuse
from netterms.receivables.intake.shapes import Shape, clean, rough_day, shape
from netterms.receivables.intake.synonyms import AMOUNT_FIELDS, DATE_FIELDS, FIELDS
from netterms.receivables.intake.words import currency_code, plain

Rows = Sequence[Sequence[str]]
HEADER_WITHIN = 60  # rows from the top in which the headings must stand
CONSTANT_FIELDS = ("company_code", "country", "currency", "kind", "status", "terms")
_LEAST_SCORE = 50.0
_WHOLE_HEADING = 85.0  # a heading that is the synonym, and does not only contain it
_LESS_EXACT = 10.0
_MOST_NAMED = 12  # unused columns
# A heading that says exactly "Due date" is believed even over cells that are no dates, for then
# the cells are bad; but any other column is preferred. Fields that are not here are given up.
_IMPLAUSIBLE = dict.fromkeys((*DATE_FIELDS, *AMOUNT_FIELDS, "currency"), 40.0)


def title(names: Sequence[str]) -> tuple[str, ...]:
    """Headings made fit to be named: never empty, never twice the same."""
    seen: dict[str, int] = {}
    result = []
    for index, name in enumerate(names):
        text = " ".join(name.split()) or f"column {index + 1}"
        seen[text] = seen.get(text, 0) + 1
        result.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(result)


def named(names: Sequence[str]) -> int:
    """How many columns there are up to the last one with a heading."""
    return max((k + 1 for k, name in enumerate(names) if name.strip()), default=0)


def fields_named(row: Sequence[str]) -> int:
    """How many different fields the cells of `row` name as headings."""
    named = set()
    for cell in row:
        if cell.strip() and len(cell) <= 60:
            found = headings.scores(cell)
            if found:
                named.add(max(found, key=lambda field: found[field]))
    return len(named)


def _looks_like_headings(rows: Rows, at: int) -> bool:
    """All words and no values, with values in the rows below: headings nobody knows."""
    cells = [clean(cell) for cell in rows[at]]
    filled = [cell for cell in cells if cell]
    if len(filled) < 3 or any(c[0].isdigit() or rough_day(c) for c in filled):
        return False
    below = [clean(cell) for row in rows[at + 1 : at + 4] for cell in row]
    return any(rough_day(cell) for cell in below) and len(set(filled)) == len(filled)


def header_row(rows: Rows, wanted: Sequence[str] = ()) -> int:
    """Index of the row that holds the headings (`wanted` are headings a person has named).

    Refuses with NO_HEADER when no row of the first sixty looks like one.
    """
    wanted_plain = {plain(name) for name in wanted}
    best, best_score = -1, 0.0
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        score = float(fields_named(row))
        score += 100 * len(wanted_plain & {plain(cell) for cell in row})
        if score > best_score:
            best, best_score = index, score
    if best_score >= 2:
        return best
    for index in range(min(len(rows), HEADER_WITHIN)):
        if _looks_like_headings(rows, index):
            return index
    raise refuse(Code.NO_HEADER, "no_header", first_rows=[list(row)[:8] for row in rows[:3]])


def _plausible(field: str, s: Shape) -> bool:
    """Whether a column of shape `s` can hold `field` at all. An empty column can hold anything."""
    if not s.filled:
        return True
    if field in DATE_FIELDS:
        return s.days >= 0.5
    if field in AMOUNT_FIELDS:
        return s.numbers >= 0.5 and not (field != "amount" and s.flags == 1)
    tests = {
        "currency": s.currencies >= 0.5,
        "status": s.statuses >= 0.5,
        "kind": s.kinds >= 0.5,
        "email": s.emails >= 0.5,
        "sequence": s.numbers == 1 and s.decimals == 0,
        "terms": s.dates < 0.5,
        "company_code": s.longest <= 12 and s.dates < 0.5,
        "buyer_name": s.dates < 0.5 and s.decimals < 0.5,
        "invoice_number": s.dates < 0.5 or s.distinct == 1,
        "buyer_number": s.dates < 0.5,
    }
    return tests.get(field, True)


def _told_by_content(found: dict[str, float], s: Shape) -> None:
    """Words that name a day or a sum alike: "Paid" over dates, "Due" over amounts."""
    paid, due = found.pop("paid", 0.0), found.get("due_on", 0.0)
    if paid >= _WHOLE_HEADING:
        field = "paid_on" if s.dates >= 0.5 else "status" if s.statuses >= 0.5 else "paid_amount"
        found[field] = max(found.get(field, 0.0), paid)
    sums = s.numbers >= 0.5 and s.dates < 0.5 and s.serials < 0.5
    if due >= _WHOLE_HEADING and sums:
        del found["due_on"]
        found["open_amount"] = max(found.get("open_amount", 0.0), due - _LESS_EXACT)


def _candidates(text: str, s: Shape) -> dict[str, float]:
    """The fields a column can be by its heading and its content, with scores."""
    found = dict(headings.scores(text))
    _told_by_content(found, s)
    buyer = found.pop("buyer", 0.0)
    if buyer:
        field = "buyer_number" if s.ids >= 0.8 else "buyer_name"
        found[field] = max(found.get(field, 0.0), buyer - 1)
    if found.get("company_code", 0) >= 90 and found.get("buyer_name") and s.longest > 6:
        del found["company_code"]
    judged = {f: v if _plausible(f, s) else v - _IMPLAUSIBLE.get(f, 100) for f, v in found.items()}
    return {f: v for f, v in judged.items() if v >= _LEAST_SCORE}


@dataclass(slots=True)
class _Sheet:
    names: tuple[str, ...]
    named: int  # columns up to the last heading: beyond it, only a person says what a cell is
    shapes: list[Shape]
    columns: dict[str, Column]
    notes: list[Note]

    def free(self) -> list[int]:
        used = {column.index for column in self.columns.values()}
        return [k for k in range(self.named) if k not in used]

    def take(self, field: str, index: int) -> None:
        name = self.names[index]
        self.columns[field] = Column(field, name, "content", index)
        self.notes.append(Note(NoteCode.CONTENT_GUESSED, heading=name, field=field))


def _given(names: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, Column]:
    """The columns a person has named."""
    columns: dict[str, Column] = {}
    for field, wanted in mapping.items():
        if field not in FIELDS:
            close = difflib.get_close_matches(field, FIELDS, 3)
            raise refuse(
                Code.VALUE_INVALID, "field", field="map", value=field, closest=close,
                fields=", ".join(FIELDS),
            )  # fmt: skip
        if wanted.startswith("="):
            columns[field] = _constant(field, wanted[1:].strip())
            continue
        index = _find(names, wanted)
        if index is None:
            close = difflib.get_close_matches(wanted, names, 3, 0.4)
            raise refuse(
                Code.COLUMN_UNKNOWN, "heading", field=field, value=wanted, closest=close,
                headings=list(names),
            )  # fmt: skip
        if any(column.index == index for column in columns.values()):
            raise refuse(Code.COLUMN_UNKNOWN, "one_field", field=field, value=wanted)
        columns[field] = Column(field, names[index], "given", index)
    return columns


def _constant(field: str, value: str) -> Column:
    allowed = ", ".join(CONSTANT_FIELDS)
    if field not in CONSTANT_FIELDS:
        raise refuse(
            Code.COLUMN_UNKNOWN, "constant_not_allowed", field=field, value="=" + value,
            allowed=allowed,
        )  # fmt: skip
    if field == "currency" and not currency_code(value):
        raise refuse(Code.VALUE_INVALID, "currency", field=field, value=value)
    return Column(field, "=" + value, "given", constant=value)


def _find(names: Sequence[str], wanted: str) -> int | None:
    for same in (str.strip, plain):
        for index, name in enumerate(names):
            if same(name) == same(wanted):
                return index
    return None


def _by_heading(sheet: _Sheet) -> None:
    """Give each field the free column whose heading names it best; no column twice."""
    offers = [
        (-score, index, field)
        for index in sheet.free()
        for field, score in _candidates(sheet.names[index], sheet.shapes[index]).items()
        if field not in sheet.columns
    ]
    used: set[int] = set()
    # a column with values beats an empty one; then the better heading; then the earlier column
    offers.sort(key=lambda o: (sheet.shapes[o[1]].filled == 0, o[0], o[1]))
    for _, index, field in offers:
        if field not in sheet.columns and index not in used:
            sheet.columns[field] = Column(field, sheet.names[index], "heading", index)
            used.add(index)
    _pair_local_currency(sheet)


def _pair_local_currency(sheet: _Sheet) -> None:
    """An amount in local currency goes with the local currency's column, where there is one."""
    money = sheet.columns.get("amount") or sheet.columns.get("open_amount")
    if money is None or "currency" not in sheet.columns:
        return
    if sheet.columns["currency"].how == "given":
        return
    local = "local" in headings.parse(money.heading).tokens
    for index in [*sheet.free(), sheet.columns["currency"].index]:
        tokens = headings.parse(sheet.names[index]).tokens
        is_currency = sheet.shapes[index].currencies >= 0.5
        if is_currency and ("local" in tokens) == local and "currency" in tokens:
            sheet.columns["currency"] = Column("currency", sheet.names[index], "heading", index)
            return


def _dates_by_content(sheet: _Sheet) -> None:
    have = [f for f in ("issued_on", "due_on") if f in sheet.columns]
    if len(have) == 2 or (have == ["issued_on"] and "terms" in sheet.columns):
        return
    free = [k for k in sheet.free() if sheet.shapes[k].dates >= 0.8]
    free = [k for k in free if not headings.scores(sheet.names[k])]
    free.sort(key=lambda k: sheet.shapes[k].middle_day or 0)
    if not have and len(free) >= 2:
        sheet.take("issued_on", free[0])
        sheet.take("due_on", free[1])
    elif free:
        known = sheet.shapes[sheet.columns[have[0]].index].middle_day if have else None
        day = sheet.shapes[free[0]].middle_day or 0
        if have == ["issued_on"]:
            if day >= (known or 0):
                sheet.take("due_on", free[0])
        elif not have or day <= (known or 0):
            sheet.take("issued_on", free[0])


def _money_by_content(sheet: _Sheet) -> None:
    if "currency" not in sheet.columns:
        for k in sheet.free():
            if sheet.shapes[k].filled and sheet.shapes[k].currencies >= 0.9:
                sheet.take("currency", k)
                break
    if "amount" in sheet.columns or "open_amount" in sheet.columns:
        return
    free = [
        k
        for k in sheet.free()
        if sheet.shapes[k].numbers >= 0.8
        and not sheet.shapes[k].counting
        and sheet.shapes[k].flags < 1
        and not headings.scores(sheet.names[k])
    ]
    if free:
        sheet.take("amount", max(free, key=lambda k: (sheet.shapes[k].decimals, -k)))


def _names_by_content(sheet: _Sheet) -> None:
    free = [k for k in sheet.free() if not headings.scores(sheet.names[k])]
    if "buyer_name" not in sheet.columns and "buyer_number" not in sheet.columns:
        texts = [
            k
            for k in free
            if sheet.shapes[k].filled and max(sheet.shapes[k].numbers, sheet.shapes[k].dates) < 0.2
        ]
        texts = [k for k in texts if sheet.shapes[k].longest >= 3 and sheet.shapes[k].ids < 0.5]
        if texts:
            best = max(texts, key=lambda k: (sheet.shapes[k].longest, -k))
            sheet.take("buyer_name", best)
            free.remove(best)
    if "invoice_number" not in sheet.columns and "sequence" not in sheet.columns:
        for k in free:
            s = sheet.shapes[k]
            if (
                s.ids >= 0.8
                and s.dates < 0.5
                and s.filled >= 3
                and s.distinct == 1
                and not s.counting
                and s.longest >= 4
            ):
                sheet.take("invoice_number", k)
                break


def _require(sheet: _Sheet) -> None:
    have = sheet.columns
    missing = ""
    if "buyer_number" not in have and "buyer_name" not in have:
        missing = "buyer"
    elif "amount" not in have and "open_amount" not in have:
        missing = "amount"
    elif "issued_on" not in have and "due_on" not in have:
        missing = "due_on" if "terms" not in have else "issued_on"
    elif "due_on" not in have and "terms" not in have:
        missing = "due_on"
    if missing:
        field = "buyer_name" if missing == "buyer" else missing
        raise _missing(field, missing, sheet.names)


def _missing(field: str, mend: str, names: Sequence[str]) -> Refusal:
    return refuse(Code.COLUMN_MISSING, mend, field=field, headings=list(names))


def _tell_unused(sheet: _Sheet, names: Sequence[str]) -> None:
    """A note on columns with a heading and with content that no field is read from."""
    unused = [sheet.names[k] for k in sheet.free() if sheet.shapes[k].filled and names[k].strip()]
    if unused:
        more = f" … (+{len(unused) - _MOST_NAMED})" if len(unused) > _MOST_NAMED else ""
        listed = ", ".join(unused[:_MOST_NAMED]) + more
        sheet.notes.append(Note(NoteCode.COLUMNS_UNUSED, headings=listed))


def columns_of(
    names: Sequence[str], rows: Rows, mapping: Mapping[str, str]
) -> tuple[tuple[str, ...], dict[str, Column], list[Note]]:
    """Headings as they will be named, the column of each field, and what to tell about it.

    `rows` is a sample of the rows below the headings. Refuses with VALUE_INVALID or
    COLUMN_UNKNOWN (a `mapping` that names no field or no heading) and COLUMN_MISSING (no
    buyer, amount or due date).
    """
    shown = title(names)
    samples = [[row[k] if k < len(row) else "" for row in rows] for k in range(len(shown))]
    shapes, given = [shape(cells) for cells in samples], _given(shown, mapping)
    sheet = _Sheet(shown, named(names), shapes, given, [])
    _by_heading(sheet)
    _dates_by_content(sheet)
    _money_by_content(sheet)
    _names_by_content(sheet)
    _require(sheet)
    _tell_unused(sheet, names)
    ordered = {field: sheet.columns[field] for field in FIELDS if field in sheet.columns}
    return shown, ordered, sheet.notes
