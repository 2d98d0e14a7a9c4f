"""What changes a buyer's master data. Each function is one use case and one transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from netterms.buyers import events, names, numbers, search_keys
from netterms.buyers.insolvency import note_entered, opened_elsewhere
from netterms.buyers.numbers import NumberCheck
from netterms.kernel.context import Context, Permission
from netterms.kernel.countries import COUNTRIES
from netterms.kernel.events import Event, Plain, plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record_all
from netterms.store.tenancy import book, once_more

LANGUAGES = ("en", "zh-hans")
LONGEST_NAME, LONGEST_EMAIL = 200, 254


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What an invoice list does not tell of a buyer; None leaves a field as it is.

    `parent` is the buyer number of the company above it, empty for none; `sector` its line of
    business in the seller's own words or codes; `country` as ISO 3166, which stands fast where it
    is that of a registration number. A sanctions hit once noted is not taken back here.
    """

    buyer_number: str
    language: str | None = None
    email: str | None = None
    key_account: bool | None = None
    insolvent_on: date | None = None
    parent: str | None = None
    sector: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Introduction:
    """How a company introduces itself: `country` as ISO 3166, its number there in any spelling."""

    country: str
    registration_number: str
    name: str
    email: str = ""

    @property
    def number(self) -> str:
        """The registration number in its one spelling."""
        return numbers.normalised(self.country, self.registration_number)

    def check(self) -> None:
        """VALUE_INVALID names the field, its value and what would mend it."""
        if self.country not in COUNTRIES:
            raise invalid("country", self.country, Mend.COUNTRY_CODE)
        if not 1 <= len(self.number) <= numbers.LONGEST:
            number, most = self.registration_number, numbers.LONGEST
            raise invalid("registration_number", number, Mend.LETTERS_AND_DIGITS, most=most)
        if numbers.check(self.country, self.registration_number) is NumberCheck.INVALID:
            number = self.registration_number
            raise invalid("registration_number", number, Mend.CHECK_DIGITS)
        if not 1 <= len(self.name.strip()) <= LONGEST_NAME or not self.name.isprintable():
            raise invalid("name", self.name, Mend.CHARACTERS, least=1, most=LONGEST_NAME)
        if self.email:
            _check_email(self.email)


def _check_email(email: str) -> None:
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain and "@" not in domain and email.isprintable()):
        raise invalid("email", email, Mend.EMAIL)
    if len(email) > LONGEST_EMAIL:
        raise invalid("email", email, Mend.CHARACTERS, least=0, most=LONGEST_EMAIL)


@dataclass(frozen=True, slots=True)
class Introduced:
    """The buyer behind a number as the seller has it.

    `name_known`: another buyer has the name that was given, under another number or none.
    """

    id: UUID
    name: str
    email: str
    sanctions_hit: bool
    insolvent_on: date | None
    new: bool
    name_known: bool


def introduce(ctx: Context, told: Introduction) -> Introduced:
    """Find the buyer by country and number, exactly, or open it with what was told.

    What is already known of a buyer is not changed by what somebody says at checkout.
    """
    ctx.require(Permission.CHECKOUT)
    told.check()
    params = {
        "seller": ctx.seller,
        "id": new_id(ctx.now),
        "country": told.country,
        "number": told.number,
        "name": told.name.strip(),
        "email": told.email,
        "buyer_number": f"{told.country}-{told.number}",
    }
    with book(ctx):
        found = sql.row(FIND, params) or _opened(ctx, params)
        new = found["id"] == params["id"]
        known = sql.row(NAMESAKE, params | {"id": found["id"]}) is not None
    return Introduced(**found, new=new, name_known=known)


def _opened(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    made = sql.execute(OPEN, params)
    if not made:
        # Its buyer number is taken (by a list that numbers buyers so), or the company came in by
        # another call just now: it gets a number of its own, or is found.
        made = sql.execute(OPEN, params | {"buyer_number": str(params["id"])})
    if made:
        opened = events.BuyerIntroduced(
            params["id"], params["name"], params["country"], params["number"]
        )
        record_all(ctx, [opened])
    found = sql.row(FIND, params)
    assert found is not None
    return found


# Who turned out to be another buyer is served as that one. A join would read every buyer.
FIND = """
select id, name, email, sanctions_hit, insolvent_on
from buyer
where seller_id = %(seller)s and id = (
  select coalesce(n.merged_into, n.id) from buyer n
  where n.seller_id = %(seller)s and n.country = %(country)s and n.registration_number = %(number)s
)
"""
OPEN = """
insert into buyer (seller_id, id, buyer_number, name, country, email, registration_number)
values (%(seller)s, %(id)s, %(buyer_number)s, %(name)s, %(country)s, %(email)s, %(number)s)
on conflict do nothing
"""
NAMESAKE = """
select from buyer
where seller_id = %(seller)s and lower(name) = lower(%(name)s) and country in (%(country)s, '')
  and id <> %(id)s limit 1
"""
# Fields of BuyerFacts that are columns of the same name.
PLAIN_FIELDS = ("language", "email", "key_account", "insolvent_on", "sector", "country")
# Fields that decide with whom a buyer is counted together.
GROUPING = {"parent_id", "sector", "country"}
LONGEST_SECTOR = 100


@once_more
def update_facts(ctx: Context, facts: Sequence[BuyerFacts]) -> int:
    """Set what is told about buyers by number; returns how many changed. Safe to repeat.

    NOT_FOUND names a number the seller does not know; VALUE_INVALID a value to mend.
    """
    ctx.require(Permission.IMPORT)
    for told in facts:
        _check(ctx, told)
    with book(ctx):
        if any(told.parent for told in facts):
            # One at a time: two that each put the other below make a loop that neither sees.
            sql.execute(
                "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"parents {ctx.seller}"]
            )
        known = _locked(ctx, [f.buyer_number for f in facts] + [f.parent or None for f in facts])
        days = {known[f.buyer_number]["id"]: f.insolvent_on for f in facts if f.insolvent_on}
        heard = opened_elsewhere(ctx, days)
        changes = [(told, known[told.buyer_number], _wanted(told, known, heard)) for told in facts]
        changed = [
            (line, {name: value for name, value in wanted.items() if line[name] != value})
            for _, line, wanted in changes
        ]
        changed = [(line, after) for line, after in changed if after]
        # In the order of ids, as everything that hears of them takes its locks.
        changed.sort(key=lambda each: each[0]["id"])
        _write(ctx, [line | after for line, after in changed])
        note_entered(
            ctx,
            {line["id"]: days[line["id"]] for line, after in changed if "insolvent_on" in after},
        )
        _refuse_loops(ctx, [told for told, line, _ in changes if told.parent])
        told_of = [event for line, after in changed for event in _told(line, after)]
        moved = tuple(line["id"] for line, after in changed if GROUPING & after.keys())
        if moved:
            told_of.insert(0, events.BuyersRegrouped(ctx.seller, moved))
        record_all(ctx, told_of)
    return len(changed)


def _check(ctx: Context, facts: BuyerFacts) -> None:
    if facts.language is not None and facts.language not in LANGUAGES:
        raise invalid("language", facts.language, Mend.ONE_OF, allowed=", ".join(LANGUAGES))
    if facts.insolvent_on is not None and facts.insolvent_on > ctx.today:
        raise Refusal(
            Code.VALUE_INVALID,
            field="insolvent_on",
            value=str(facts.insolvent_on),
            mend=Mend.TODAY_OR_EARLIER,
        )
    if facts.sector is not None and not (
        len(facts.sector) <= LONGEST_SECTOR and (facts.sector.isprintable() or not facts.sector)
    ):
        raise invalid("sector", facts.sector, Mend.CHARACTERS, least=0, most=LONGEST_SECTOR)
    if facts.country and facts.country not in COUNTRIES:
        raise invalid("country", facts.country, Mend.COUNTRY_CODE)
    if facts.email:
        _check_email(facts.email)
    if facts.parent is not None and facts.parent == facts.buyer_number:
        raise Refusal(
            Code.VALUE_INVALID, field="parent", value=facts.parent, mend=Mend.ANOTHER_BUYER
        )


def _locked(ctx: Context, numbers: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    wanted = sorted({number for number in numbers if number is not None})
    found = sql.rows(
        """
        select id, buyer_number, language, email, key_account, insolvent_on, parent_id, sector,
               country, registration_number
        from buyer where seller_id = %(seller)s and buyer_number = any(%(numbers)s)
        -- Leaves alone who writes a paper of the buyer while holding its credit line.
        order by id for no key update
        """,
        {"seller": ctx.seller, "numbers": wanted},
    )
    known = {line["buyer_number"]: line for line in found}
    for number in wanted:
        if number not in known:
            raise Refusal(Code.NOT_FOUND, field="buyer_number", value=number)
    return known


def _wanted(
    facts: BuyerFacts, known: dict[str, dict[str, Any]], heard: dict[UUID, date]
) -> dict[str, Any]:
    told = {f.name: getattr(facts, f.name) for f in dataclasses.fields(facts)}
    wanted = {name: told[name] for name in PLAIN_FIELDS if told[name] is not None}
    if facts.parent is not None:
        wanted["parent_id"] = known[facts.parent]["id"] if facts.parent else None
    line = known[facts.buyer_number]
    if facts.insolvent_on is not None and line["id"] in heard:
        wanted["insolvent_on"] = min(facts.insolvent_on, heard[line["id"]])
    if line["registration_number"] and wanted.get("country", line["country"]) != line["country"]:
        raise invalid("country", wanted["country"], Mend.ONE_OF, allowed=line["country"])
    return wanted


def _refuse_loops(ctx: Context, facts: Sequence[BuyerFacts]) -> None:
    """A company cannot stand below one that stands below it."""
    found = sql.row(
        """
        with recursive above as (
          select buyer_number as of, id, parent_id from buyer
          where seller_id = %(seller)s and buyer_number = any(%(numbers)s)
          union all
          select a.of, b.id, b.parent_id
          from above a join buyer b on b.seller_id = %(seller)s and b.id = a.parent_id
        ) cycle of, id set looped using trail
        select of from above where looped order by of limit 1
        """,
        {"seller": ctx.seller, "numbers": [told.buyer_number for told in facts]},
    )
    if found is not None:
        parents = {told.buyer_number: told.parent for told in facts}
        raise invalid("parent", parents[found["of"]] or "", Mend.NOT_BELOW_IT)


def _write(ctx: Context, lines: Sequence[dict[str, Any]]) -> None:
    sql.execute(
        """
        update buyer b
        set language = n.language, email = n.email, key_account = n.key_account,
            insolvent_on = n.insolvent_on, parent_id = n.parent_id, sector = n.sector,
            country = n.country
        from jsonb_to_recordset(%(lines)s) as n(id uuid, language text, email text,
          key_account boolean, insolvent_on date, parent_id uuid, sector text, country text)
        where b.seller_id = %(seller)s and b.id = n.id
        """,
        {"seller": ctx.seller, "lines": Jsonb(plain(list(lines)))},
    )


def _told(line: dict[str, Any], after: dict[str, Any]) -> list[Event]:
    before = {name: plain(line[name]) for name in after}
    told: list[Event] = [
        events.BuyerFactsUpdated(
            line["id"], before, {name: plain(value) for name, value in after.items()}
        )
    ]
    if "insolvent_on" in after:
        told.append(events.BuyerInsolvent(line["id"], after["insolvent_on"]))
    return told


def mark_sanctioned(ctx: Context, buyers: Sequence[UUID], *, hit: bool) -> None:
    """Note that buyers are, or are not, a party on a sanctions list. The caller asks permission.

    What is already so changes nothing and tells nothing.
    """
    with book(ctx):
        changed = sql.rows(
            "update buyer set sanctions_hit = %(hit)s where seller_id = %(seller)s"
            " and id = any(%(ids)s) and sanctions_hit <> %(hit)s returning id",
            {"seller": ctx.seller, "ids": list(buyers), "hit": hit},
        )
        record_all(ctx, [events.BuyerSanctioned(line["id"], hit) for line in changed])


NAMES_AT_ONCE = 20_000
NAMES_WAIT = "select exists (select from name_to_index where seller_id = %(seller)s)"
TAKE_NAMES = """
delete from name_to_index where (seller_id, buyer_id) in (
  select seller_id, buyer_id from name_to_index where seller_id = %(seller)s
  limit %(most)s)
returning buyer_id
"""
NAMES_OF = """
select id as buyer_id, name from buyer where seller_id = %(seller)s and id = any(%(buyers)s)
union all
select buyer_id, name from buyer_alias
where seller_id = %(seller)s and buyer_id = any(%(buyers)s)
"""
KEEP_NAMES = """
insert into buyer_search (seller_id, buyer_id, said, keys)
select %(seller)s, buyer_id, said, keys from name_now on conflict do nothing
"""
NEW_WORDS = """
select word from unnest(%(words)s::text[]) as said(word) where not exists (
  select from name_word w where w.seller_id = %(seller)s and w.word = said.word)
"""
KEEP_WORDS = """
insert into name_word (seller_id, word, slips)
select %(seller)s, word, slips::bigint[]
from unnest(%(words)s::text[], %(slips)s::text[]) as new(word, slips)
on conflict do nothing
"""


def index_names(ctx: Context) -> dict[str, Plain]:
    """Put names that are new or changed into the index of the search; safe to repeat.

    An import notes whose names it brought; the day does this, or the first search before it.
    """
    ctx.require(Permission.READ)
    done = 0
    with book(ctx):
        if not sql.value(NAMES_WAIT, {"seller": ctx.seller}):
            return {"names": 0}
        # One at a time: two that take the same names would wait for each other.
        sql.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"names {ctx.seller}"]
        )
        while taken := sql.rows(TAKE_NAMES, {"seller": ctx.seller, "most": NAMES_AT_ONCE}):
            _index(ctx, [line["buyer_id"] for line in taken])
            done += len(taken)
    return {"names": done}


def _index(ctx: Context, buyers: list[UUID]) -> None:
    params = {"seller": ctx.seller, "buyers": buyers}
    sql.execute(
        "delete from buyer_search where seller_id = %(seller)s and buyer_id = any(%(buyers)s)",
        params,
    )
    sql.execute(
        "create temp table name_now (buyer_id uuid, said text, keys bigint[]) on commit drop"
    )
    called = sql.rows(NAMES_OF, params)
    with connection.cursor() as cursor:
        wrapped: Any = cursor.cursor
        with wrapped.copy("copy name_now from stdin") as copy:
            for line in called:
                if said := names.core(line["name"]):
                    keys = search_keys.stored(ctx.seller, line["name"])
                    copy.write_row((line["buyer_id"], said, search_keys.array(keys)))
    sql.execute(KEEP_NAMES, params)
    sql.execute("drop table name_now")
    _keep_words(ctx, {word for line in called for word in search_keys.words(line["name"])})


def _keep_words(ctx: Context, words: set[str]) -> None:
    long = sorted(word for word in words if len(word) >= search_keys.SHORT_WORD)
    lines = sql.rows(NEW_WORDS, {"seller": ctx.seller, "words": long})
    new = [line["word"] for line in lines]
    slips = [search_keys.array(search_keys.slips(ctx.seller, word)) for word in new]
    sql.execute(KEEP_WORDS, {"seller": ctx.seller, "words": new, "slips": slips})
