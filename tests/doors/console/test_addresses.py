"""Every address of the console opens, with rows in every state, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from netterms.access.actions import open_twin
from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.entering import NewAlias, NewIdentifier, enter
from netterms.buyers.groups import set_parent
from netterms.buyers.particulars import Address, Contact
from netterms.checkout import policies
from netterms.checkout.policy import Bound, Doubt, Largest, Policy, Starter
from netterms.collection import portal
from netterms.collection.instalments import Acceptance, accept, decline, propose
from netterms.collection.legal.actions import add_partner, hand_over, keep_paper
from netterms.collection.legal.rules import Paper
from netterms.collection.letters.actions import Wanted, set_letterhead, write_letter
from netterms.collection.letters.queries import Letterhead
from netterms.collection.letters.rules import Template
from netterms.collection.links import make_link, open_link
from netterms.collection.mail.actions import fetch_mail
from netterms.collection.mail.queries import mail_of
from netterms.collection.moves import PlanState
from netterms.collection.page import PayAccount, set_pay_account
from netterms.collection.plan_offers import standard_offer
from netterms.collection.promises import Channel
from netterms.connectors.letters import press
from netterms.doors.console import event_words
from netterms.doors.console.urls import urlpatterns
from netterms.early_payment import queries as early_payment
from netterms.early_payment.actions import Acceptance as OfferAcceptance
from netterms.early_payment.actions import accept as accept_offer
from netterms.early_payment.actions import set_buyer, set_policy
from netterms.early_payment.rules import Channel as OfferChannel
from netterms.early_payment.rules import Policy as OfferPolicy
from netterms.insurance import queries
from netterms.insurance.policies import PolicySchedule, open_policy
from netterms.insurance.terms import PolicyTerms
from netterms.kernel.context import Context
from netterms.limits.caps import CapKind, set_cap
from netterms.portfolio.rules import Bucket
from netterms.receivables.matching.actions import match_lines
from netterms.receivables.matching.queries import lines, statements
from netterms.reports.actions import order_report
from netterms.scoring.actions import record_company_facts
from netterms.scoring.company import CompanyFacts
from netterms.statements.actions import record_statements
from netterms.statements.visits import Visit, record_visit
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.wiring import run_day
from tests.actions import books
from tests.actions.books import Line, bring_in, rows
from tests.actions.collection.test_mail import Mailbox
from tests.actions.collection.test_reminders import Postbag
from tests.actions.connectors.test_imap import PDF, bounce, message
from tests.actions.receivables.test_matching import DUE, line, load
from tests.actions.small_book import put
from tests.actions.statements.test_record import told
from tests.actions.statements.test_visits import PNG
from tests.doors import programs
from tests.doors.credit import credit
from tests.doors.papers import Papers, papers
from tests.doors.seed import fill
from tests.rules.statements.books import END, YEAR_BEFORE

MONTH = timedelta(days=30)


@dataclass
class World:
    """A book with something of everything, and one with nothing."""

    ctx: Context
    empty: Context
    buyers: list[UUID]
    orders: list[UUID]
    deliveries: list[UUID]
    policies: list[int]
    reports: list[UUID]
    papers: Papers
    bank_statement: UUID
    bank_line: UUID
    plans: list[UUID]
    letters: list[UUID]
    mail: UUID
    hand_over: UUID
    insured: list[UUID]


@pytest.fixture(scope="module")
def _worlds() -> dict[str, World]:
    return {}


@pytest.fixture
def world(new_seller: Callable[..., Context], _worlds: dict[str, World]) -> World:
    """Made once for all tests of this file, so do not change it."""
    if "world" not in _worlds:
        ctx = new_seller(name="Everything & <b>Bold</b> Ltd")
        seeded = fill(ctx, buyers=8)
        made = credit(ctx)
        run_day(made.ctx, mailer=Postbag())
        programs.keys(ctx)
        told = programs.endpoints(ctx)
        versions = _policies(made.ctx)
        for kind, key, minor in (
            ("group", str(made.buyer), 5_000_00),
            ("group", str(made.lineless), 0),
            ("country", "DE", 1_000_00),
            ("sector", "<b>Bold</b> steel", 9_000_000_00),
            ("grade", "7", 1),
        ):
            set_cap(made.ctx, CapKind(kind), key, minor, "test")
        set_cap(made.ctx, CapKind.COUNTRY, "DE", 2_000_00, "more")
        accounts(made.ctx, made.buyer)
        particulars(made.ctx, made.buyer, made.lineless)
        open_twin(ctx)
        paid_early(made.ctx)
        _worlds["world"] = World(
            made.ctx,
            new_seller(name="Nothing yet"),
            [*seeded.buyers, made.buyer, made.lineless],
            list(made.orders.values()),
            programs.deliveries(ctx, told["all"]),
            versions,
            [order_report(ctx, buyer, f"report-{buyer}")[0].id for buyer in seeded.buyers],
            papers(made.ctx, made.buyer),
            *bank(made.ctx),
            agreed(made.ctx, made.buyer),
            *correspondence(made.ctx),
            insured(ctx),
        )
    return _worlds["world"]


def paid_early(ctx: Context) -> None:
    """A policy, a buyer that is always offered it, an invoice accepted and one on offer."""
    set_policy(ctx, OfferPolicy(offered=True, least_minor=0), ctx.today, "<b>Bold</b>")
    for number in ("INV-2026-00045", "INV-2026-00046"):
        buyer, invoice = put(ctx, "<b>Bold</b> early", number, 90_000, due_on=ctx.today + MONTH)
    set_buyer(ctx, buyer, offered=True)
    offer = early_payment.offer(ctx, invoice_id=invoice)
    step = offer.step(offer.debts[0], ctx.today)
    asked = OfferAcceptance((invoice,), ctx.today, step.pay, "<b>Bold</b>", OfferChannel.PAGE)
    accept_offer(ctx, buyer, asked)


def bank(ctx: Context) -> tuple[UUID, UUID]:
    """A statement with a line of each state, and one of its lines."""
    put(ctx, "bank", "INV-2026-00043", 70_000, due_on=DUE)
    put(ctx, "bank", "INV-2026-00044", 80_000, due_on=DUE)
    bold = "<b>Bold</b>"
    load(ctx, line(70_000, bold, name="Buyer bank"), line(80_000, "INV-2026-00044"), line(9, bold))
    match_lines(ctx)
    (found,) = statements(ctx, most=1, skip=0)
    return found.id, lines(ctx, found.id, most=1, skip=0)[0].id


def insured(ctx: Context) -> list[UUID]:
    """A policy by which deadlines count, and one that is to come with an odd name."""
    starts_on = ctx.today + timedelta(days=400)
    bold = PolicySchedule(
        "<b>Bold</b>", "<b>Bold</b>", starts_on, starts_on + timedelta(days=364), PolicyTerms("JPY")
    )
    open_policy(ctx, bold)
    return [policy.id for policy in queries.policies(ctx, ctx.today)]


def correspondence(ctx: Context) -> tuple[list[UUID], UUID, UUID]:
    """Letters of two kinds, mail with a file, a stray, a bounce, and a case handed over."""
    """Two letters, mail with a file, a stray, a bounce, and a case that was handed over."""
    set_letterhead(ctx, Letterhead("<b>Bold</b>", "<b>Bold</b>", payee="<b>Bold</b>"))
    found = books.rows(
        ctx,
        "select c.buyer_id, b.email from collection_case c join buyer b on b.id = c.buyer_id"
        " where c.closed_on is null and exists (select from invoice i where"
        " i.buyer_id = c.buyer_id and i.open_minor > 0) order by c.id limit 1",
    )
    buyer = found[0]["buyer_id"]
    kinds = (Template.STATEMENT, Template.THANK_YOU)
    letters = [write_letter(ctx, Wanted(buyer, kind), kind, press) for kind in kinds]
    reply = message("<b>Bold</b>", number="1", In_Reply_To=f"<{letters[0]}@x.example>")
    reply.add_attachment(PDF, maintype="application", subtype="pdf", filename="n.pdf")
    stray = message("<b>Bold</b>", number="2", From="<b>Bold</b> <who@nowhere.example>")
    fetch_mail(ctx, Mailbox(reply, stray, bounce(found[0]["email"])))
    [mail] = [line.id for line in mail_of(ctx, buyer) if line.kind == "reply"]
    partner = add_partner(ctx, "lawyer", "<b>Bold</b> & Co")
    keep_paper(ctx, buyer, Paper.CONTRACT, "terms.pdf", PDF)
    reasons = dict.fromkeys(Paper, "<b>Bold</b>")
    return letters, mail, hand_over(ctx, buyer, partner, reasons, "k", press)


def accounts(ctx: Context, buyer: UUID) -> None:
    """Two years of a company, one of its group, one of them corrected."""
    record_statements(ctx, buyer, [told(YEAR_BEFORE), told()])
    record_statements(ctx, buyer, [told(revenue=1600), replace(told(), consolidated=True)])
    for verdict in (1, 3, 5):
        seen = Visit(END, "<b>Bold</b> & Co", verdict, staff=12, notes="<b>Bold</b>")
        record_visit(ctx, buyer, seen, [PNG], key=f"visit/{verdict}")


def particulars(ctx: Context, buyer: UUID, below: UUID) -> None:
    """One of each kind, an account that somebody is to confirm, and a company below."""
    for number in ("DE89370400440532013000", "GB82WEST12345698765432"):
        set_bank_account(ctx, buyer, BankAccount(number, holder="<b>Bold</b>"))
    for one in (
        NewIdentifier("duns", "150483782"),
        NewAlias("<b>Bold</b> alias"),
        Contact("<b>Bold</b>", "<b>Bold</b>", "bold@example.com", "+49 40 1", "en"),
        Address("billing", "<b>Bold</b> 1\n2", "<b>Bold</b>", "<b>Bold</b>", "DE"),
    ):
        enter(ctx, buyer, one)
    record_company_facts(ctx, buyer, CompanyFacts(END, 7, 2, "<b>Bold</b>"))
    set_parent(ctx, below, buyer)


def agreed(ctx: Context, buyer: UUID) -> list[UUID]:
    """A plan that runs, one declined, one on the table; and what a buyer does on its page."""
    found = []
    today = ctx.today
    for number, due in (("P-1", 40), ("P-2", 30), ("P-3", 20)):
        line = Line(
            buyer="<b>Bold</b> plan", number=number, due_on=today - timedelta(days=due),
            issued_on=today - timedelta(days=due + 30), amount=1_200_00, country="US",
        )  # fmt: skip
        bring_in(ctx, line)
        [kept] = rows(
            ctx, "select buyer_id, id from invoice where invoice_number = %(n)s", n=number
        )
        who = kept["buyer_id"]
        found.append(propose(ctx, standard_offer(ctx, who, [kept["id"]])))
    accept(ctx, found[0], Acceptance("<b>Bold</b>", Channel.PHONE, "<b>Bold</b> owes it"))
    decline(ctx, found[1], "<b>Bold</b>")
    visit = open_link(make_link(ctx, buyer), ctx.now)
    portal.ask(visit, "k", portal.RequestKind.OTHER, "<b>Bold</b>", "<b>Bold</b>", "<b>Bold</b>")
    set_pay_account(ctx, PayAccount("USD", "<b>Bold</b>", "123", "456", "<b>Bold</b>"))
    return found


def _policies(ctx: Context) -> list[int]:
    """One that counted before, one that counts, and a draft."""
    full = Policy(
        countries=("DE", "FR"),
        auto_approve=(Bound("EUR", 5, 1_000_00),),
        starter=(Starter("EUR", "DE", 10, 5_000_00), Starter("EUR", "", 10, 800_00)),
        largest=(Largest("EUR", 50_000_00),),
        review=tuple(Doubt),
    )
    found = [policies.draft(ctx, each, "why") for each in (Policy(), full, Policy(review=()))]
    for number in found[:2]:
        policies.put_in_force(ctx, number, "tried")
    return found


def _each(*addresses: str) -> Callable[[World], list[str]]:
    return lambda _world: list(addresses)


def _cases(world: World) -> list[UUID]:
    with book(world.ctx):
        found = sql.rows("select id from collection_case order by id limit 12")
    return [line["id"] for line in found]


# Every page by the name of its address; what is empty of arguments opens in the empty book, too.
PAGES: dict[str, Callable[[World], list[str]]] = {
    "dashboard": _each("/", "/?currency=USD"),
    "ageing": _each("/ageing/", "/ageing/?currency=USD"),
    "bucket": lambda _w: [f"/ageing/EUR/{bucket.value}/" for bucket in Bucket],
    "buyers": _each("/buyers/", "/buyers/?q=nord&sort=name", "/buyers/?q=nobody"),
    "buyers_twice": _each("/buyers/duplicates/"),
    "buyer": lambda w: [f"/buyers/{buyer}/" for buyer in w.buyers],
    "screening": _each("/sanctions/"),
    "terms": _each("/terms/", "/terms/?q=ger", "/terms/?q=nowhere"),
    "terms_country": _each(
        *(f"/terms/countries/{code}/" for code in ("DE", "CN", "GB", "IN", "SA", "UY"))
    ),
    "terms_rates": _each("/terms/rates/"),
    "terms_calculator": _each(
        "/terms/calculator/",
        "/terms/calculator/?country=CH&currency=CHF&amount=20000&due_on=2026-01-02&until=2026-03-16",
        "/terms/calculator/?country=CN&currency=CNY&amount=1&due_on=2026-01-02",
        "/terms/calculator/?country=XX&currency=EUR&amount=<b>Bold</b>&due_on=never",
    ),
    "terms_clauses": _each(
        "/terms/clauses/",
        *(f"/terms/clauses/?country={code}&first=zh" for code in ("CN", "DK", "FR", "IN", "SA")),
        "/terms/clauses/?days=0&forum=arbitration&institution=<b>Bold</b>&seat=Genf&law=CH",
        "/terms/clauses/?days=999&contract_percent=x&first=xx&second=",
    ),
    "terms_policy": _each("/terms/policy/"),
    "early_payment": _each("/terms/early-payment/"),
    "credit_report": lambda w: [f"/reports/{report}/" for report in w.reports],
    "work": _each("/work/", *(f"/work/?stage={stage}" for stage in range(1, 5))),
    "call": lambda w: [f"/work/{case}/" for case in _cases(w)],
    "collection_figures": _each("/collection/figures/", "/collection/figures/?trend=1"),
    "work_settings": _each("/collection/settings/"),
    "ladder": _each("/ladder/", "/ladder/?from=0"),
    "ladder_version": _each("/ladder/0/", "/ladder/0/?try=1"),
    "line": lambda w: [
        f"/buyers/{buyer}/lines/{code}/" for buyer in w.buyers[-2:] for code in ("EUR", "JPY")
    ],
    "statements": lambda w: [f"/buyers/{buyer}/statements/" for buyer in w.buyers[-2:]],
    "statement_enter": lambda w: [f"/buyers/{buyer}/statements/enter/" for buyer in w.buyers[-2:]],
    "buyer_page": lambda w: [f"/buyers/{buyer}/page/" for buyer in w.buyers[-2:]],
    "plan_new": lambda w: [f"/buyers/{buyer}/plans/new/" for buyer in w.buyers],
    "plans": _each("/plans/", *(f"/plans/?state={state}" for state in PlanState)),
    "plan": lambda w: [f"/plans/{plan}/" for plan in w.plans],
    "page_settings": _each("/plans/page/"),
    "particulars": lambda w: [f"/buyers/{buyer}/particulars/" for buyer in w.buyers[-2:]],
    "letters": lambda w: [f"/buyers/{buyer}/letters/" for buyer in w.buyers],
    "letter": lambda w: [f"/letters/{letter}/" for letter in w.letters],
    "legal": lambda w: [f"/buyers/{buyer}/legal/" for buyer in w.buyers],
    "letterhead": _each("/letterhead/"),
    "mail": _each("/mail/"),
    "visits": lambda w: [f"/buyers/{buyer}/visits/" for buyer in w.buyers[-2:]],
    "payments": _each("/payments/", "/payments/?q=nobody"),
    "payment": lambda w: [
        *(f"/payments/{payment}/" for payment in w.papers.payments),
        f"/payments/{w.papers.payments[0]}/?suggest=1",
    ],
    "invoice": lambda w: [f"/invoices/{invoice}/" for invoice in w.papers.invoices],
    "disputes": _each("/disputes/", "/disputes/?all=1"),
    "dispute": lambda w: [f"/disputes/{dispute}/" for dispute in w.papers.disputes],
    "invoice_new": lambda w: ["/invoices/new/", f"/invoices/new/?buyer={w.buyers[-1]}"],
    "invoice_file": _each("/invoices/new/file/"),
    "ledger_policy": _each("/books/rules/"),
    "books": _each("/books/", "/books/?as_of=2026-05-01"),
    "account_statement": lambda w: [
        f"/buyers/{buyer}/account/?since=2025-01-01" for buyer in w.buyers[-2:]
    ],
    "orders": _each("/orders/", "/orders/?q=S-&state=captured", "/orders/?q=nothing"),
    "caps": _each("/orders/caps/"),
    "limit_policy": _each("/limits/policy/"),
    "replay": _each("/limits/replay/", "/limits/replay/?run=1", "/limits/replay/?margin=x"),
    "account_policy": _each("/keys/accounts/"),
    "orders_queue": _each("/orders/queue/"),
    "policy": _each("/orders/policy/"),
    "policy_version": lambda w: [f"/orders/policy/{number}/" for number in w.policies],
    "order": lambda w: [f"/orders/{order}/" for order in w.orders],
    "bank": _each("/bank/", *(f"/bank/?state={name}" for name in ("open", "posted", "set_aside"))),
    "bank_statement": lambda w: [f"/bank/statements/{w.bank_statement}/"],
    "bank_line": lambda w: [f"/bank/lines/{w.bank_line}/", f"/bank/lines/{w.bank_line}/?q=nord"],
    "deadlines": _each("/deadlines/"),
    "insurance": _each("/insurance/"),
    "insurance_new": _each("/insurance/new/"),
    "insurance_policy": lambda w: [
        f"/insurance/{policy}/{query}" for policy in w.insured for query in ("", "?all=1&q=b")
    ],
    "insurance_terms": lambda w: [f"/insurance/{policy}/terms/" for policy in w.insured],
    "insurance_renew": lambda w: [f"/insurance/{policy}/renew/" for policy in w.insured],
    "insurance_file": lambda w: [f"/insurance/{policy}/file/" for policy in w.insured],
    "runs": _each("/runs/"),
    "scores": _each("/scores/", "/scores/?span=year", "/scores/?span=nothing"),
    "score_shadow": _each("/scores/shadow/"),
    "keys": _each("/keys/"),
    "webhooks": _each("/webhooks/"),
    "deliveries": _each("/webhooks/deliveries/", "/webhooks/deliveries/?state=failed"),
    "delivery": lambda w: [f"/webhooks/deliveries/{delivery}/" for delivery in w.deliveries],
}
# What is taken away rather than read.
FILES: dict[str, Callable[[World], list[str]]] = {
    "letter_pdf": lambda w: [f"/letters/{w.letters[0]}/pdf/"],
    "hand_over_archive": lambda w: [f"/hand-overs/{w.hand_over}/archive/"],
    "mail_file": lambda w: [f"/mail/{w.mail}/1/"],
    "credit_report_pdf": lambda w: [f"/reports/{w.reports[0]}/pdf/"],
    "account_statement_pdf": lambda w: [f"/buyers/{w.buyers[-2]}/account/pdf/"],
    "account_statement_xlsx": lambda w: [f"/buyers/{w.buyers[-2]}/account/xlsx/"],
    "dispute_file": lambda w: [f"/disputes/files/{file}/" for file in w.papers.files],
    "credit_report_json": lambda w: [f"/reports/{w.reports[0]}/json/"],
    "score_months_csv": _each("/scores/months.csv"),
    "score_months_json": _each("/scores/months.json"),
    "collection_export": _each("/collection/figures/csv/"),
    "replay_workbook": _each("/limits/replay.xlsx?margin=12"),
    "terms_clauses_pdf": _each("/terms/clauses/DE/pdf/"),
}
# Every seller has one of its own at the same address.
OF_EVERY_SELLER = {"collection_export", "replay_workbook", "terms_clauses_pdf"}
# Addresses of forms: nothing to read there.
FORMS = {
    "insurance_do": f"/insurance/{uuid4()}/end/",
    "insurance_limit_end": f"/insurance/{uuid4()}/limits/{uuid4()}/end/",
    "bank_upload": "/bank/upload/",
    "bank_match": "/bank/match/",
    "bank_aside": f"/bank/lines/{uuid4()}/aside/",
    "bank_decide": f"/bank/matches/{uuid4()}/confirm/",
    "credit_report_order": f"/buyers/{uuid4()}/report/",
    "letters_about": f"/buyers/{uuid4()}/letters/about/",
    "letter_send": f"/letters/{uuid4()}/send/",
    "screening_judge": f"/sanctions/{uuid4()}/",
    "buyer_terms": f"/buyers/{uuid4()}/terms/",
    "work_done": f"/work/{uuid4()}/done/",
    "payment_record": "/payments/record/",
    "payment_do": f"/payments/{uuid4()}/allocate/",
    "invoice_do": f"/invoices/{uuid4()}/note/",
    "dispute_do": f"/disputes/{uuid4()}/assign/",
    "books_do": "/books/close/",
    "early_payment_buyer": "/terms/early-payment/buyer/",
    "invoice_early": f"/invoices/{uuid4()}/early/",
    "call_dispute": f"/work/{uuid4()}/dispute/",
    "call_owner": f"/work/{uuid4()}/owner/",
    "buyer_page_do": f"/buyers/{uuid4()}/page/do/",
    "plan_move": f"/plans/{uuid4()}/approve/",
    "order_move": f"/orders/{uuid4()}/void/",
    "buyers_twice_find": "/buyers/duplicates/find/",
    "buyers_twice_decide": "/buyers/duplicates/decide/",
    "score_card": "/scores/1/approve/",
    "cap_remove": "/orders/caps/remove/",
    "key_rotate": f"/keys/{uuid4()}/rotate/",
    "key_revoke": f"/keys/{uuid4()}/revoke/",
    "delivery_replay": f"/webhooks/deliveries/{uuid4()}/replay/",
    "webhook_do": f"/webhooks/{uuid4()}/rotate/",
    "switch_seller": "/seller/",
    "set_language": "/language/",
}


# A photograph is looked at in the tests of visits, a sheet of clauses in those of terms.
ELSEWHERE = {"visit_photo", "terms_clauses_pdf"}
# A photograph is looked at in the tests of visits, an export of figures in those of calls.
ELSEWHERE = {"visit_photo", "collection_export"}
# A photograph is looked at in the tests of visits, a dispute's file in those of the buyer's page.
ELSEWHERE = {"visit_photo", "evidence"}


def test_no_address_is_left_out():
    assert {pattern.name for pattern in urlpatterns} == {*PAGES, *FILES, *FORMS, *ELSEWHERE}


# The one script there is: keys of the work list and the call screen.
OWN_SCRIPT = r"<script(?! src=\"/static/console/work[^\"]*\" defer></script>)"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_rows_in_every_state(world, signed_in, name, language):
    client = signed_in(world.ctx, language=language)
    for address in PAGES[name](world):
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 200, address
        assert f'lang="{language}"' in html
        assert not re.search(
            OWN_SCRIPT + r"|\sstyle=|\son[a-z]+=[\"']|javascript:",
            html,
        ), address
        assert "<b>Bold" not in html, address


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_an_empty_book(world, signed_in, name, language):
    client = signed_in(world.empty, language=language)
    for address in PAGES[name](world):
        about_one = re.search("/[0-9a-f-]{36}/|/policy/[0-9]|/ageing/E", address)
        assert client.get(address).status_code == (404 if about_one else 200), address


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_taken_by_its_seller_alone(world, signed_in, name):
    for address in FILES[name](world):
        mine = signed_in(world.ctx).get(address)
        assert "attachment" in mine["Content-Disposition"]
        theirs = signed_in(world.empty).get(address)
        if name in OF_EVERY_SELLER:
            assert theirs.status_code == 200
            assert b"<b>Bold" not in theirs.content
        else:
            assert theirs.status_code == 404


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_sent_not_read(world, signed_in, name):
    assert signed_in(world.ctx).get(FORMS[name]).status_code == 405


def test_every_fact_of_a_business_day_has_a_word(world):
    from netterms.monitoring.queries import days_run

    [last] = days_run(world.ctx, most=1, skip=0)
    named = {name for step in last for name in step.facts}
    assert len(named) > 10
    assert sorted(named - set(event_words.FACTS)) == []
