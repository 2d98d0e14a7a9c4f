"""A real ledger lived through: imported once, thirty business days, and what every page then says.

The numbers are read off the pages as they are sent to a person, in both languages, and held to the
cent to the journal and to a query over the files that shares no code with the platform.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from netterms.access.actions import add_member, create_user
from netterms.insurance.policies import GrantedLimit, PolicySchedule, grant_limits, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.calendar import BusinessCalendar
from netterms.kernel.context import Context
from netterms.receivables.actions import SourceFile, import_invoices
from netterms.receivables.intake import Staged, read
from netterms.wiring import run_day
from tests.actions.books import Postbag, on, rows, value
from tests.doors.cli.commands import netterms
from tests.stories.independent import CLOSED, OPEN, Ledger, Owed
from tests.stories.markup import (
    amounts,
    cents,
    count,
    exact,
    first_line,
    link,
    of_class,
    parse,
    text,
)
from tests.stories.markup import rows as cells_of

pytestmark = pytest.mark.ledger

FIRST = date(2020, 5, 1)
DAYS = 30
CURRENCIES = ["CAD", "USD"]
LANGUAGES = ["en", "zh-hans"]
BUCKETS = ["current", "1-30", "31-60", "61-90", "91-120", "over-120"]
INSURED = 40
MONTHS = 18
LARGEST_SHOWN = 8


def bring_in(ctx: Context, staged: Staged, path: Path) -> None:
    source = SourceFile(
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        mapping=staged.guess.mapping,
        rows_read=staged.rows + staged.bad_rows,
        rows_bad=staged.bad_rows,
    )
    import_invoices(ctx, staged.connection, source)
    staged.connection.close()


@pytest.fixture
def seller(new_seller, ledger: Path) -> Context:
    """The seller with both files in, and a policy over its largest buyers."""
    ctx = new_seller(name="Ledger", country="US", currency="USD", today=FIRST)
    bring_in(ctx, read(ledger / CLOSED, currency="USD"), ledger / CLOSED)
    bring_in(ctx, read(ledger / OPEN), ledger / OPEN)
    insure(ctx, Ledger(ledger, FIRST))
    return ctx


def insure(ctx: Context, ledger: Ledger) -> None:
    """A policy over the buyers that owe most dollars, so that there are deadlines to keep."""
    terms = PolicyTerms(currency="USD")
    year = (date(2020, 1, 1), date(2020, 12, 31))
    policy = open_policy(ctx, PolicySchedule("Example Insurance", "TCI-1", *year, terms))
    owed = sorted(((o, buyer) for (buyer, code), o in ledger.buyers().items() if code == "USD"))
    limits = [GrantedLimit(buyer, o.total, year[0]) for o, buyer in owed[-INSURED:]]
    grant_limits(ctx, policy, limits)


def test_thirty_days_and_every_page_and_the_report_say_what_the_ledger_says(
    seller: Context, ledger: Path, database: Path, tmp_path: Path
) -> None:
    bag, calendar = Postbag(), BusinessCalendar()
    consoles = [Console(seller, language) for language in LANGUAGES]
    for n in range(DAYS):
        day = calendar.add(FIRST, n)
        if n < DAYS - 1:
            run_day(on(seller, day), mailer=bag)
        else:
            run_as_a_person_does(seller, day, database)
        if n % 10 == 9:
            truth = Ledger(ledger, day)
            assert sorted(truth.totals()) == CURRENCIES
            the_journal_agrees(on(seller, day), truth)
            for console in consoles:
                for code in CURRENCIES:
                    overview(console, truth, code)
                    ageing(console, truth, code)
    climbed_right(on(seller, day))
    assert bag.letters == []  # the ledger knows no addresses: people have to write
    for console in consoles:
        ageing_buckets(console, truth)
        buyers_list(console, truth)
        some_buyers(console, truth)
        work_list(console, truth)
        deadlines(console, truth)
        report(ledger / OPEN, truth, console.language, database, tmp_path)


def run_as_a_person_does(ctx: Context, day: date, home: Path) -> None:
    done = netterms(home, "day", "--seller", ctx.seller, "--date", day.isoformat())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("day", [date(2020, 5, 14), date(2020, 5, 29)])
def test_a_report_of_any_day_says_what_the_ledger_says(
    ledger: Path, database: Path, tmp_path: Path, day: date
) -> None:
    report(ledger / OPEN, Ledger(ledger, day), "en", database, tmp_path)


# -- the journal and the ladder ------------------------------------------------------------------


def the_journal_agrees(ctx: Context, truth: Ledger) -> None:
    booked = rows(
        ctx,
        """
        select b.buyer_number, j.currency::text as currency,
               sum(case j.debit_account when 'receivable' then j.amount_minor
                                        else -j.amount_minor end)::bigint as minor
        from journal_entry j join buyer b on b.id = j.buyer_id
        where 'receivable' in (j.debit_account, j.credit_account) and j.booked_on <= %(day)s
        group by b.buyer_number, j.currency
        """,
        day=ctx.today,
    )
    by_buyer = {(line["buyer_number"], line["currency"]): line["minor"] for line in booked}
    assert {k: minor for k, minor in by_buyer.items() if minor} == {
        k: o.total for k, o in truth.buyers().items()
    }


def climbed_right(ctx: Context) -> None:
    """The ladder's memory after the last day run is what the dates say by themselves."""
    wrong = rows(
        ctx,
        """
        with late as (
          select id, %(last)s - due_on as days
          from invoice where seller_id = %(seller)s and kind = 'invoice' and open_minor > 0
            and issued_on <= %(last)s
        )
        select l.id, l.days, s.stage
        from late l left join invoice_stage s on s.invoice_id = l.id
        where coalesce(s.stage, 0) <> case when days > 90 then 4 when days > 60 then 3
                                           when days > 30 then 2 when days > 0 then 1 else 0 end
        """,
        last=ctx.today,
    )
    assert wrong == []
    assert value(ctx, "select count(*) - count(distinct buyer_id) from collection_case") == 0


# -- the console -----------------------------------------------------------------------------------


class Console:
    """The console as one signed-in reader sees it."""

    def __init__(self, ctx: Context, language: str) -> None:
        user = create_user(f"{language}@ledger.example", "correct-horse-7", "Pat", language)
        add_member(ctx, user, "reader")
        self.language = language
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user)
        known = rows(ctx, "select id, buyer_number from buyer")
        self.number = {f"/buyers/{line['id']}/": line["buyer_number"] for line in known}
        self.address = {number: address for address, number in self.number.items()}

    def page(self, address: str) -> Element:
        response = self.client.get(address)
        assert response.status_code == 200, address
        root = parse(response.content.decode())
        assert root.get("lang") == self.language
        return root

    def pages(self, address: str) -> Iterator[Element]:
        """The page and those that its link to the next leads to."""
        while address:
            root = self.page(address)
            yield root
            following = [a.get("href", "") for a in root.iter("a") if a.get("rel") == "next"]
            address = urljoin(address, following[0]) if following else ""

    def lines(self, address: str) -> Iterator[list[Element]]:
        """The rows of the list on the page and on all that follow."""
        for root in self.pages(address):
            yield from lines_of(root)

    def buyer(self, cell: Element) -> str:
        """The number of the buyer that the cell leads to."""
        return self.number[link(cell)]


def lines_of(root: Element) -> Iterator[list[Element]]:
    """The rows of every table of a page."""
    for table in root.iter("table"):
        yield from cells_of(table)


def overview(console: Console, truth: Ledger, code: str) -> None:
    root, owed = console.page(f"/?currency={code}"), truth.totals()[code]
    is_open, is_overdue, *_others = of_class(root, "kpi")
    assert (exact(is_open), count(of_class(is_open, "kpi-note")[0])) == (owed.total, owed.invoices)
    assert exact(is_overdue) == owed.overdue
    ageing_table(root, truth, code)
    assert charted(root) == expected_months(truth, code)
    lists = [list(cells_of(table)) for table in root.iter("table")]
    [largest] = [table for table in lists if table and link_of(table).startswith("/buyers/")]
    assert [(console.buyer(who), cents(a), cents(b)) for who, a, _, _, b, _ in largest] == (
        top(truth, code)[:LARGEST_SHOWN]
    )
    [stages] = [table for table in lists if table and link_of(table).startswith("/work/")]
    assert {n: count(buyers) for n, (_, buyers, _) in enumerate(stages, 1)} == {
        n: truth.stages().get(n, 0) for n in range(1, 5)
    }


def link_of(table: list[list[Element]]) -> str:
    return link(table[0][0]) if list(table[0][0].iter("a")) else ""


def ageing_table(root: Element, truth: Ledger, code: str) -> None:
    """The small table of the overview and of the report."""
    owed = truth.totals()[code]
    [table] = of_class(root, "ageing-table")
    shown = [(cents(amount), count(number)) for _, amount, _, number in cells_of(table)]
    assert shown == truth.buckets()[code]
    [(_, total, _, number)] = cells_of(table, "tfoot")
    assert (cents(total), count(number)) == (owed.total, owed.invoices)


def charted(root: Element) -> list[list[int]]:
    """Sales and collections of each month of the chart, as its titles tell them."""
    titles = [text(g[0]) for g in root.iter("g") if len(g) and g[0].tag == "title"]
    return [amounts(title) for title in titles if len(amounts(title)) > 1]


def expected_months(truth: Ledger, code: str) -> list[list[int]]:
    found, last = truth.months(code), truth.day.year * 12 + truth.day.month - 1
    names = [f"{n // 12}-{n % 12 + 1:02}" for n in range(last - MONTHS + 1, last + 1)]
    return [list(found.get(name, (0, 0))) for name in names if name >= min(found)]


def top(truth: Ledger, code: str) -> list[tuple[str, int, int]]:
    """Buyers with what they owe and owe late, the largest first."""
    owed = [(b, o.total, o.overdue) for (b, c), o in truth.buyers().items() if c == code]
    return sorted(owed, key=lambda line: -line[1])


def ageing(console: Console, truth: Ledger, code: str) -> None:
    root, owed = console.page(f"/ageing/?currency={code}"), truth.totals()[code]
    buckets = truth.buckets()[code]
    [table] = root.iter("table")
    *parts, total, credit = cells_of(table)
    assert [link(part[0]) for part in parts] == [f"/ageing/{code}/{name}/" for name in BUCKETS]
    assert [(cents(part[1]), count(part[4])) for part in parts] == buckets
    assert (cents(total[1]), count(total[4])) == (owed.total, owed.invoices)
    assert (cents(credit[1]), count(credit[4])) == (0, 0)
    [balance] = cells_of(table, "tfoot")
    assert cents(balance[1]) == owed.total
    # What the page says of the journal, in words.
    assert [amounts(text(note)) for note in of_class(root, "note")] == [[owed.total]]


def ageing_buckets(console: Console, truth: Ledger) -> None:
    """The buyers behind each part of the ageing, all pages of them."""
    for code, buckets in truth.buckets().items():
        for name, (minor, invoices) in zip(BUCKETS, buckets, strict=True):
            pages = list(console.pages(f"/ageing/{code}/{name}/"))
            assert [amounts(text(of_class(root, "lead")[0])) for root in pages] == (
                [[minor]] * len(pages)
            )
            lines = [line for root in pages for line in lines_of(root)]
            assert sum(cents(line[2]) for line in lines) == minor
            assert sum(count(line[4]) for line in lines) == invoices


def buyers_list(console: Console, truth: Ledger) -> None:
    shown = {}
    lines = list(console.lines("/buyers/"))
    for who, _, _, _, currency, is_open, overdue, oldest, *_limit in lines:
        owed = (cents(is_open), cents(overdue), count(oldest) if cents(overdue) else 0)
        shown[console.buyer(who), text(currency)] = owed
        assert text(of_class(who, "sub")[0]) == console.buyer(who)
    assert len(shown) == len(lines), "no line twice"
    expected = {key: (o.total, o.overdue, o.oldest) for key, o in truth.buyers().items()}
    assert {key: owed for key, owed in shown.items() if any(owed)} == expected
    # Who paid everything is listed as well, with nothing owed; who was never invoiced without any.
    paid = {(number, "USD") for number in truth.paying()}
    assert {key for key in shown if key[1]} == expected.keys() | paid
    for code, owed in truth.totals().items():
        listed = list(console.lines(f"/buyers/?currency={code}&sort=overdue"))
        assert sum(cents(line[5]) for line in listed) == owed.total
        assert sum(cents(line[6]) for line in listed) == owed.overdue


def some_buyers(console: Console, truth: Ledger) -> None:
    """The largest of each currency, the one with most invoices, some of the others."""
    owed = truth.buyers()
    most = max(owed, key=lambda key: owed[key].invoices)
    assert owed[most].invoices > 500, "more than a page has room for"
    chosen = [*sorted(owed)[::30], most, *(max(owed, key=owed_in(owed, c)) for c in CURRENCIES)]
    for number, code in chosen:
        buyer_page(console, number, code, owed[number, code])
    for number in sorted(truth.paying() - {buyer for buyer, _ in owed})[::200]:
        buyer_page(console, number, "USD", Owed())


def owed_in(owed: dict[tuple[str, str], Owed], code: str):
    return lambda key: (key[1] == code, owed[key])


def buyer_page(console: Console, number: str, code: str, owed: Owed) -> None:
    root = console.page(console.address[number])
    _risk, credit, *_accounts = of_class(root, "facts")
    _limit, balance, overdue, *_rest = credit.iter("dd")
    assert (cents(balance), cents(overdue)) == (owed.total, owed.overdue), number
    invoices = [line for line in lines_of(root) if len(line) == 6]
    assert {"CA$" in text(line[5]) for line in invoices} <= {code == "CAD"}
    if owed.invoices <= 500:
        assert len(invoices) == owed.invoices
        assert sum(cents(line[5]) for line in invoices) == owed.total
        assert sum(cents(line[5]) for line in invoices if text(line[3]) != "–") == owed.overdue
        assert max([count(line[3]) for line in invoices if text(line[3]) != "–"], default=0) == (
            owed.oldest
        )
    else:
        assert len(invoices) == 500


def work_list(console: Console, truth: Ledger) -> None:
    owed: dict[str, int] = {}
    for (number, _), one in truth.buyers().items():
        owed[number] = owed.get(number, 0) + one.overdue
    listed = list(console.lines("/work/"))
    for who, _, overdue, *_rest in listed:
        # No buyer of this ledger owes in two currencies.
        [buyer] = [to for a in who.iter("a") if (to := a.get("href", "")).startswith("/buyers/")]
        assert [cents(each) for each in overdue.iter("div")] == [owed[console.number[buyer]]]
    [_whose, tabs] = of_class(console.page("/work/"), "tabs")
    counted = [int(text(a).split()[-1].replace(",", "")) for a in tabs.iter("a")]
    assert counted[0] == sum(counted[1:]) == len(listed) > 0
    assert set(truth.stages()) >= {n for n, many in enumerate(counted) if n and many}


def deadlines(console: Console, truth: Ledger) -> None:
    invoices = truth.invoices()
    listed = list(console.lines("/deadlines/"))
    assert len(listed) >= INSURED
    for _, _, _, invoice, is_open, _ in listed:
        assert cents(is_open) == invoices[first_line(invoice)]


# -- the report --------------------------------------------------------------------------------


def report(file: Path, truth: Ledger, language: str, home: Path, folder: Path) -> None:
    out = folder / language
    said = netterms(
        home, "report", file, "--as-of", truth.day.isoformat(), "--lang", language[:2], "--out", out
    )
    assert said.returncode == 0, said.stderr
    data = json.loads((out / "report.json").read_text("utf-8"))
    root = parse((out / "report.html").read_text("utf-8"))
    assert sorted(data["currencies"]) == CURRENCIES
    assert root.get("lang") == data["lang"] == language
    [by_currency] = of_class(root, "overview")
    seen = {link(who)[1:]: (cents(a), cents(b)) for who, a, b, *_ in cells_of(by_currency)}
    assert seen == {code: (owed.total, owed.overdue) for code, owed in truth.totals().items()}
    for code, owed in truth.totals().items():
        report_data(data["currencies"][code], truth, code, owed)
        [section] = [part for part in of_class(root, "book") if part.get("id") == code]
        report_section(section, truth, code, owed)


def minor(decimal: str) -> int:
    assert decimal[-3] == "."
    return int(decimal.replace(".", ""))


def report_data(block: dict, truth: Ledger, code: str, owed: Owed) -> None:
    by_buyer = {buyer: o for (buyer, c), o in truth.buyers().items() if c == code}
    assert minor(block["open_total"]) == owed.total
    assert minor(block["overdue_total"]) == owed.overdue
    assert (block["open_count"], block["overdue_count"]) == (owed.invoices, owed.late)
    parts = [(minor(block["ageing"][b]), block["ageing_counts"][b]) for b in BUCKETS]
    assert parts == truth.buckets()[code]
    lines = {
        line["buyer"]: (minor(line["open"]), minor(line["overdue"])) for line in block["buyers"]
    }
    assert len(lines) == len(block["buyers"])
    assert lines == {buyer: (o.total, o.overdue) for buyer, o in by_buyer.items()}
    chase = {line["buyer"]: minor(line["overdue"]) for line in block["chase_today"]}
    assert chase == {buyer: o.overdue for buyer, o in by_buyer.items() if o.overdue}
    ranked = [(t["buyer"], minor(t["open"]), minor(t["overdue"])) for t in block["top20"]]
    assert ranked == top(truth, code)[:20]
    assert sum(minor(c["open"]) for c in block["countries"]) == owed.total


def report_section(section: Element, truth: Ledger, code: str, owed: Owed) -> None:
    is_open, is_overdue, _dso, _late, chase = of_class(section, "kpi")
    assert exact(is_open) == owed.total
    assert amounts(text(of_class(is_open, "kpi-note")[0])) == [owed.total]
    assert (exact(is_overdue), exact(chase)) == (owed.overdue, owed.overdue)
    ageing_table(section, truth, code)
    tallies = [amounts(text(tally)) for tally in of_class(section, "tally")]
    assert sum(amount for [amount] in tallies) == owed.overdue
    [largest] = of_class(section, "pareto")
    assert [(cents(line[3]), cents(line[4])) for line in cells_of(largest)] == [
        (total, overdue) for _, total, overdue in top(truth, code)[:20]
    ]
    [table] = of_class(section, "buyers")
    by_buyer = {buyer: o for (buyer, c), o in truth.buyers().items() if c == code}
    listed = {}
    for who, _, _, is_open, overdue, *_rest in cells_of(table):
        listed[text(of_class(who, "sub")[0]).split()[0]] = (
            cents(is_open),
            amounts(first_line(overdue)),
        )
    assert len(listed) == min(len(by_buyer), 500)
    assert listed == {b: (by_buyer[b].total, [by_buyer[b].overdue]) for b in listed}
