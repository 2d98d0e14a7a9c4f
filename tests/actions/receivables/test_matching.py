"""Bank statements into the book, and what their lines settle: by set, by hand, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.rates import Rate
from netterms.limits.rates import load_rates as exchange_rates
from netterms.receivables.ledger_policy import LedgerPolicy, set_ledger_policy
from netterms.receivables.matching import queries
from netterms.receivables.matching.actions import (
    Matched,
    confirm,
    decline,
    match_by_hand,
    match_lines,
    set_aside,
    undo,
)
from netterms.receivables.matching.loading import Loaded, load_statements
from netterms.receivables.matching.statement import Line, Report, Statement
from netterms.receivables.periods import close_period
from netterms.receivables.rules import Part
from tests.actions.small_book import kinds, put, rows

DAY = date(2026, 5, 20)
DUE = date(2026, 6, 30)
ACCOUNT = "DE02120300000000202051"


def line(minor: int, text: str = "", **more: object) -> Line:
    return Line(DAY, minor, text=text, **more)  # type: ignore[arg-type]


def statement(*lines: Line, opening: int = 0, format: str = "camt.053") -> Statement:  # noqa: A002
    closing = opening + sum(one.minor for one in lines)
    return Statement(Report.STATEMENT, format, ACCOUNT, "EUR", "1", opening, closing, lines)


def load(ctx: Context, *lines: Line, opening: int = 0) -> Loaded:
    return load_statements(ctx, [statement(*lines, opening=opening)], "day.xml", "0" * 64)


def balances(ctx: Context) -> dict[str, int]:
    found = rows(
        ctx,
        "select account, sum(minor)::bigint as minor from (select debit_account as account,"
        " amount_minor as minor from journal_entry where seller_id = %(seller)s union all"
        " select credit_account, -amount_minor from journal_entry where seller_id = %(seller)s) j"
        " group by account having sum(minor) <> 0",
    )
    return {one["account"]: one["minor"] for one in found}


def opens(ctx: Context) -> dict[str, tuple[int, str]]:
    found = rows(
        ctx, "select invoice_number, open_minor, state from invoice where seller_id = %(seller)s"
    )
    return {one["invoice_number"]: (one["open_minor"], one["state"]) for one in found}


def states(ctx: Context) -> list[str]:
    found = rows(
        ctx,
        "select state from bank_line where seller_id = %(seller)s"
        " order by booked_on, statement_id, place",
    )
    return [one["state"] for one in found]


def standing(ctx: Context) -> dict[str, object]:
    (found,) = rows(
        ctx,
        "select * from bank_match where seller_id = %(seller)s and state in ('proposed', 'posted')",
    )
    return found


def refusal(code: Code):
    return pytest.raises(Refusal, check=lambda no: no.code is code)


def test_the_same_file_and_lines_that_overlap_change_nothing(ctx: Context):
    first, second, third = line(100, "a"), line(100, "a"), line(300, "c")
    assert load(ctx, first, second) == Loaded(1, 2, 0)
    assert load(ctx, first, second) == Loaded(0, 0, 2)
    # The next statement begins one line before the first one ended.
    assert load(ctx, second, third, opening=100) == Loaded(1, 1, 1)
    assert len(states(ctx)) == 3


def test_equal_lines_of_a_list_without_balances_are_as_many_as_it_has(ctx: Context):
    def listed(*lines: Line) -> Loaded:
        told = Statement(Report.STATEMENT, "list", ACCOUNT, "EUR", lines=lines)
        return load_statements(ctx, [told], "list.csv", "1" * 64)

    assert listed(line(100, "a"), line(100, "a")) == Loaded(1, 2, 0)
    assert listed(line(100, "a"), line(100, "a"), line(100, "a")) == Loaded(1, 1, 2)


def test_another_format_of_the_same_days_is_refused(ctx: Context):
    load(ctx, line(100, "a"))
    with refusal(Code.BANK_STATEMENT_OVERLAPS):
        load_statements(ctx, [statement(line(100, "A"), format="MT940")], "d.sta", "2" * 64)
    assert len(states(ctx)) == 1


def test_one_statement_that_does_not_add_up_keeps_all_of_the_file_out(ctx: Context):
    bad = replace(statement(line(300, "c")), closing_minor=1)
    with refusal(Code.BANK_STATEMENT_UNBALANCED):
        load_statements(ctx, [statement(line(100, "a")), bad], "d.xml", "0" * 64)
    assert states(ctx) == []


def test_sure_ones_are_posted_likely_ones_proposed_and_the_rest_left(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    before = balances(ctx)
    load(
        ctx,
        line(50_000, "RE INV 2026 00042"),
        line(70_000, "thanks", name="Buyer 2"),
        line(12_345, "interest"),
        line(-5_000, "INV-2026-00043"),
    )
    assert match_lines(ctx) == Matched(3, 1, 1)
    assert states(ctx) == ["posted", "proposed", "open", "open"]
    assert opens(ctx) == {"INV-2026-00042": (0, "paid"), "INV-2026-00043": (70_000, "open")}
    after = balances(ctx)
    assert after["receivable"] == before["receivable"] - 50_000
    assert after["bank"] == before.get("bank", 0) + 50_000
    assert after.get("unallocated", 0) == 0
    assert kinds(ctx)[-3:] == [
        "receivables.payment_recorded",
        "receivables.payment_allocated",
        "receivables.lines_matched",
    ]
    # Again changes nothing but the proposals, which are made anew.
    assert match_lines(ctx) == Matched(2, 0, 1)
    assert balances(ctx) == after


def test_a_proposal_is_confirmed_once_and_teaches_the_account(ctx: Context):
    put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    load(ctx, line(70_000, "thanks", name="Buyer 2", account="DE99"))
    match_lines(ctx)
    match = standing(ctx)
    payment = confirm(ctx, match["id"])
    assert opens(ctx)["INV-2026-00043"] == (0, "paid")
    assert standing(ctx)["payment_id"] == payment
    with refusal(Code.MOVE_NOT_ALLOWED):
        confirm(ctx, match["id"])
    (known,) = rows(ctx, "select account, times from known_payer where seller_id = %(seller)s")
    assert known == {"account": "DE99", "times": 1}
    # The next payment from there needs no number.
    put(ctx, "2", "INV-2026-00050", 80_000, due_on=DUE)
    load(ctx, line(80_000, "again", account="DE99"), opening=70_000)
    assert match_lines(ctx) == Matched(1, 1, 0)


def test_what_was_declined_is_not_proposed_again(ctx: Context):
    put(ctx, "2", "INV-2026-00043", 70_000, due_on=DUE)
    load(ctx, line(70_000, "thanks", name="Buyer 2"))
    match_lines(ctx)
    decline(ctx, standing(ctx)["id"])
    assert states(ctx) == ["open"]
    assert match_lines(ctx) == Matched(1, 0, 0)
    assert states(ctx) == ["open"]


def test_undo_restores_every_balance_and_the_line_can_be_matched_again(ctx: Context):
    buyer, invoice = put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    before = balances(ctx), opens(ctx)
    load(ctx, line(50_200, "INV-2026-00042", name="Buyer 1", account="DE99"))
    match_lines(ctx)
    confirm(ctx, standing(ctx)["id"])
    assert balances(ctx)["unallocated"] == -200
    undo(ctx, standing(ctx)["id"], "meant for another")
    assert (balances(ctx), opens(ctx)) == before
    assert states(ctx) == ["open"]
    with refusal(Code.MOVE_NOT_ALLOWED):
        (undone,) = rows(ctx, "select id from bank_match where seller_id = %(seller)s")
        undo(ctx, undone["id"], "twice")
    part = Part(invoice, Money(50_000, "EUR"))
    match_by_hand(ctx, _line(ctx), buyer, [part])
    assert opens(ctx)["INV-2026-00042"] == (0, "paid")
    assert states(ctx) == ["posted"]
    with refusal(Code.MOVE_NOT_ALLOWED):
        match_by_hand(ctx, _line(ctx), buyer, [part])


def _line(ctx: Context) -> UUID:
    (found,) = rows(ctx, "select id from bank_line where seller_id = %(seller)s")
    return found["id"]


def test_a_batch_match_is_undone_like_one_by_hand(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    put(ctx, "1", "INV-2026-00044", 30_000, due_on=DUE)
    before = balances(ctx), opens(ctx)
    load(ctx, line(80_000, "INV-2026-00042 + INV-2026-00044"))
    assert match_lines(ctx) == Matched(1, 1, 0)
    undo(ctx, standing(ctx)["id"], "wrong")
    assert (balances(ctx), opens(ctx)) == before
    # What a person took back is not posted again by itself.
    assert match_lines(ctx) == Matched(1, 0, 0)


def test_a_small_difference_is_written_off_and_comes_back_with_undo(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 100_000, due_on=DUE)
    before = balances(ctx), opens(ctx)
    load(ctx, line(99_700, "INV-2026-00042", name="Buyer 1"))
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert opens(ctx)["INV-2026-00042"] == (0, "paid")
    assert balances(ctx)["small_difference"] == 300
    undo(ctx, standing(ctx)["id"], "they pay the rest")
    assert (balances(ctx), opens(ctx)) == before


def test_no_difference_is_written_off_that_the_ledger_policy_does_not_call_small(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 100_000, due_on=DUE)
    set_ledger_policy(ctx, LedgerPolicy(small_minor=299), "we ask for it")
    load(ctx, line(99_700, "INV-2026-00042", name="Buyer 1"))
    match_lines(ctx)
    assert "small_difference" not in balances(ctx)
    assert all(not part["write_off"] for part in standing(ctx)["parts"])


def test_what_is_posted_by_itself_has_its_exchange_difference(ctx: Context):
    # A currency of this test alone: rates are facts that all sellers share. Invoiced 2026-01-02.
    days = {date(2026, 1, 2): "4.00", DAY: "5.00"}
    exchange_rates([Rate("MDL", day, Decimal(rate), "test") for day, rate in days.items()])
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE, currency="MDL")
    told = Statement(Report.STATEMENT, "camt.053", ACCOUNT, "MDL", "1", 0, 50_000, (
        line(50_000, "INV-2026-00042", name="Buyer 1"),
    ))  # fmt: skip
    load_statements(ctx, [told], "day.xml", "0" * 64)
    assert match_lines(ctx) == Matched(1, 1, 0)
    # MDL 500.00 were EUR 125.00 when they were invoiced, and came as EUR 100.00.
    assert balances(ctx)["exchange_difference"] == 2_500


def test_what_came_in_a_closed_period_is_matched_on_the_first_open_day(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00042", name="Buyer 1"))
    close_period(ctx, DAY)
    assert match_lines(ctx) == Matched(1, 1, 0)
    booked = rows(
        ctx, "select distinct booked_on from journal_entry where source_kind <> 'invoice'"
    )
    assert [one["booked_on"] for one in booked] == [DAY + timedelta(days=1)]


def test_money_on_account_stays_unallocated(ctx: Context):
    buyer, _ = put(ctx, "1", "INV-2026-00042", 100_000, due_on=DUE)
    load(ctx, line(30_000, "on account"))
    match_by_hand(ctx, _line(ctx), buyer, [])
    assert balances(ctx)["unallocated"] == -30_000


def test_of_two_lines_for_one_invoice_only_one_is_posted(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00042"), line(50_000, "INV-2026-00042"))
    assert match_lines(ctx).posted == 1
    assert sorted(states(ctx)) == ["open", "posted"]
    assert match_lines(ctx).posted == 0


def test_an_account_the_buyer_told_finds_its_payer(ctx: Context):
    buyer, _ = put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    put(ctx, "2", "INV-2026-00043", 50_000, due_on=DUE)
    set_bank_account(ctx, buyer, BankAccount("DE89370400440532013000"))
    load(ctx, line(50_000, "danke", account="DE89370400440532013000"))
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert standing(ctx)["buyer_id"] == buyer
    assert "payer_account" in standing(ctx)["reasons"]


def test_another_currency_settles_nothing(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE, currency="USD")
    load(ctx, line(50_000, "INV-2026-00042"))
    assert match_lines(ctx) == Matched(1, 0, 0)


def test_a_notice_tells_who_paid_an_entry_of_the_statement(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    notice = Statement(
        Report.NOTICE, "camt.054", ACCOUNT, "EUR",
        lines=[line(50_000, "INV-2026-00042", bank_reference="B7")],
    )  # fmt: skip
    load_statements(ctx, [notice], "notice.xml", "3" * 64)
    assert match_lines(ctx) == Matched(0, 0, 0)
    load(ctx, line(50_000, "credit", bank_reference="B7"))
    assert match_lines(ctx) == Matched(1, 1, 0)
    assert sorted(states(ctx)) == ["notice", "posted"]


def test_what_is_set_aside_is_not_matched(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00042"))
    set_aside(ctx, _line(ctx), aside=True)
    assert match_lines(ctx) == Matched(0, 0, 0)
    set_aside(ctx, _line(ctx), aside=False)
    assert match_lines(ctx) == Matched(1, 1, 0)
    with refusal(Code.MOVE_NOT_ALLOWED):
        set_aside(ctx, _line(ctx), aside=True)


def test_nothing_of_another_sellers_is_seen(ctx: Context, new_seller):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    other = new_seller()
    load(other, line(50_000, "INV-2026-00042"))
    assert match_lines(other) == Matched(1, 0, 0)
    load(ctx, line(70_000, "hello"))
    with refusal(Code.NOT_FOUND):
        set_aside(other, _line(ctx), aside=True)


def test_what_is_not_there_or_not_allowed_is_refused(ctx: Context):
    for call in (
        lambda c: confirm(c, uuid4()),
        lambda c: decline(c, uuid4()),
        lambda c: undo(c, uuid4(), "why"),
        lambda c: set_aside(c, uuid4(), aside=True),
        lambda c: match_by_hand(c, uuid4(), uuid4(), []),
    ):
        with refusal(Code.NOT_FOUND):
            call(ctx)
        with refusal(Code.NOT_ALLOWED):
            call(replace(ctx, may=frozenset({Permission.READ})))
    with refusal(Code.NOT_ALLOWED):
        match_lines(replace(ctx, may=frozenset({Permission.READ})))
    with refusal(Code.NOT_ALLOWED):
        load(replace(ctx, may=frozenset({Permission.READ})), line(1, "a"))
    load(ctx, line(1, "a"))
    with refusal(Code.NOT_FOUND):
        match_by_hand(ctx, _line(ctx), uuid4(), [])
    with refusal(Code.VALUE_INVALID):
        undo(ctx, uuid4(), " ")


def test_what_is_read_of_statements(ctx: Context):
    put(ctx, "1", "INV-2026-00042", 50_000, due_on=DUE)
    load(ctx, line(50_000, "INV-2026-00042"), line(9, "x"))
    match_lines(ctx)
    (told,) = queries.statements(ctx, most=10, skip=0)
    assert (told.account, told.lines, told.open) == (ACCOUNT, 2, 1)
    posted, still_open = queries.lines(ctx, told.id, most=10, skip=0)
    assert posted.match is not None
    assert posted.match.parts[0].invoice_number == "INV-2026-00042"
    assert still_open.match is None
    assert queries.standing(ctx).open == 1
