"""Reads about buyers, inside one seller's book."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from netterms.buyers import names, search_keys
from netterms.buyers.actions import index_names
from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer's master data. Amounts of its accounts are minor units of `accounts_currency`."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    registration_number: str
    language: str
    email: str
    key_account: bool
    accounts_currency: str | None
    tangible_net_worth_minor: int | None
    annual_turnover_minor: int | None
    sanctions_hit: bool
    insolvent_on: date | None
    sector: str
    parent_id: UUID | None
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a buyer is called."""

    id: UUID
    buyer_number: str
    name: str


def buyer(ctx: Context, buyer_id: UUID) -> Buyer:
    """One buyer of the seller; NOT_FOUND for an id the seller does not know."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, buyer_number, name, country,
                   coalesce(registration_number, '') as registration_number, language, email,
                   key_account,
                   accounts_currency::text as accounts_currency, tangible_net_worth_minor,
                   annual_turnover_minor, sanctions_hit, insolvent_on, sector, parent_id,
                   merged_into
            from buyer where seller_id = %(seller)s and id = %(id)s
            """,
            {"seller": ctx.seller, "id": buyer_id},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    return sql.typed(found, Buyer)[0]


def buyer_by_number(ctx: Context, number: str) -> Named:
    """The buyer with that number; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_number, name from buyer"
            " where seller_id = %(seller)s and buyer_number = %(number)s",
            {"seller": ctx.seller, "number": number},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="buyer_number", value=number)
    return sql.typed(found, Named)[0]


def named(ctx: Context, buyers: list[UUID]) -> dict[UUID, Named]:
    """Numbers and names of buyers, by id; without those the seller does not know."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_number, name from buyer"
            " where seller_id = %(seller)s and id = any(%(ids)s)",
            {"seller": ctx.seller, "ids": buyers},
        )
    return {one.id: one for one in sql.typed(found, Named)}


def stays_for(ctx: Context, buyer: Buyer) -> Named | None:
    """The buyer that this one turned out to be; None for one that was not merged."""
    if buyer.merged_into is None:
        return None
    return named(ctx, [buyer.merged_into]).get(buyer.merged_into)


def merged_with(ctx: Context, buyer_id: UUID) -> list[Named]:
    """The buyers that turned out to be this one, by number."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, buyer_number, name from buyer"
            " where seller_id = %(seller)s and merged_into = %(id)s order by buyer_number",
            {"seller": ctx.seller, "id": buyer_id},
        )
    return sql.typed(found, Named)


def countries(ctx: Context) -> list[str]:
    """Countries the seller has buyers in, as ISO 3166 codes."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select distinct country from buyer"
            " where seller_id = %(seller)s and country <> '' order by country",
            {"seller": ctx.seller},
        )
    return [line["country"] for line in found]


@dataclass(frozen=True, slots=True)
class Found:
    """A buyer that a search found. `said` is the name or number that matched, `score` 0 to 100."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    said: str
    score: int


LONGEST_SEARCH = 200
# Where no name found is so like what was typed, a search looks further.
LEAST_SCORE, GOOD_SCORE = 60, 80
# Looked at for each question, and compared closely.
CANDIDATES, CLOSE = 200, 40
# Of the words typed the longest are found with a slip too: first as the words that begin with them
# or are at most one slip away, then as those this like them. The index looks at every word of a
# group for every name that it passes, so that a question costs as much as its groups are wide.
MOST_WORDS, WORDS_EACH, LEAST_LIKE = 3, 300, 0.6
MOST_NEAR, MOST_LIKE = 100, 60
BY_NUMBER = """
select id as buyer_id, buyer_number as said from buyer
where seller_id = %(seller)s and buyer_number >= %(text)s and buyer_number < %(text)s || %(end)s
union all
select id, registration_number from buyer
where seller_id = %(seller)s and registration_number <> '' and registration_number = %(bare)s
union all
select buyer_id, value from buyer_identifier
where seller_id = %(seller)s and value in (%(bare)s, substr(%(bare)s, 3))
limit %(most)s
"""
BY_BEGINNING = """
select buyer_id, said from buyer_search
where seller_id = %(seller)s and said >= %(core)s and said < %(core)s || %(end)s
order by said limit %(most)s
"""
WORDS_LIKE = """
select typed, found.word
from unnest(%(words)s::text[], %(slips)s::text[]) as asked(typed, slips), lateral (
  (select w.word from name_word w
   where w.seller_id = %(seller)s and w.word >= typed and w.word < typed || %(end)s limit %(most)s)
  union
  select word from words_with(slips::bigint[], length(typed), %(most)s)) found
"""


def search(ctx: Context, text: str, most: int = 20) -> list[Found]:
    """Buyers by name, other name, number or identifier, the likest first.

    Finds a slip of typing, other legal forms, other orders of words, parts of Chinese, Japanese and
    Korean names, and these by their sound in Latin letters.
    """
    ctx.require(Permission.READ)
    text = text.strip().replace("\x00", "")[:LONGEST_SEARCH]
    if not any(sign.isalnum() for sign in text):
        return []
    with book(ctx):
        index_names(ctx)
        numbered = {line["buyer_id"]: (100, line["said"]) for line in _by_number(ctx, text, most)}
        scored = _by_name(ctx, text, most)
        best = _stand_in(ctx, sorted((scored | numbered).items(), key=_best_first))[:most]
        known = sql.rows(
            "select id, buyer_number, name, country from buyer"
            " where seller_id = %(seller)s and id = any(%(ids)s)",
            {"seller": ctx.seller, "ids": [buyer_id for buyer_id, _ in best]},
        )
    by_id = {line["id"]: line for line in known}
    return [Found(**by_id[one], said=said, score=score) for one, (score, said) in best]


def _best_first(found: tuple[UUID, tuple[int, str]]) -> tuple[int, str]:
    score, said = found[1]
    return -score, said


def _stand_in(
    ctx: Context, found: list[tuple[UUID, tuple[int, str]]]
) -> list[tuple[UUID, tuple[int, str]]]:
    """Each buyer once, and for one that turned out to be another the other."""
    merged = sql.rows(
        "select id, merged_into from buyer"
        " where seller_id = %(seller)s and id = any(%(ids)s) and merged_into is not null",
        {"seller": ctx.seller, "ids": [buyer_id for buyer_id, _ in found]},
    )
    stays = {line["id"]: line["merged_into"] for line in merged}
    best: dict[UUID, tuple[int, str]] = {}
    for buyer_id, how in found:
        best.setdefault(stays.get(buyer_id, buyer_id), how)
    return list(best.items())


def _by_number(ctx: Context, text: str, most: int) -> list[dict[str, Any]]:
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    params = {"seller": ctx.seller, "text": text, "bare": bare, "end": END, "most": most}
    return sql.rows(BY_NUMBER, params)


def _by_name(ctx: Context, text: str, most: int) -> dict[UUID, tuple[int, str]]:
    core = names.core(text)
    if not core:
        return {}
    params = {"seller": ctx.seller, "core": core, "end": END, "most": CANDIDATES}
    found = {(line["buyer_id"], line["said"]) for line in sql.rows(BY_BEGINNING, params)}
    found |= _with_keys([search_keys.exactly(ctx.seller, text)])
    close = max(CLOSE, most)
    if len(found) >= most:
        return _likest(core, found, close)
    sounding = [search_keys.sounding(ctx.seller, text)] if core.isascii() else []
    # What is somebody's whole name has no slip in it, but may be how another one's sounds.
    if any(said == core for _, said in found):
        return _likest(core, found | _with_keys(sounding), close)
    typed = sorted(search_keys.words(text), key=len, reverse=True)[:MOST_WORDS]
    like = _like(ctx, [word for word in typed if len(word) >= search_keys.SHORT_WORD])
    near = _groups(ctx, typed, {word: _near(word, like[word]) for word in like})
    asked = [*search_keys.with_slips(ctx.seller, text, near), *sounding]
    found |= _with_keys(asked)
    best = _likest(core, found, close)
    if _good(best):
        return best
    # There are more slips in a word, or one word is another.
    wide = _groups(ctx, typed, {word: like[word][:MOST_LIKE] for word in like})
    fewer = [
        near[:nth] + near[nth + 1 :]
        for nth, word in enumerate(typed)
        if len(typed) > 2 or (len(core) - len(word)) * 2 >= len(core)
    ]
    sounding = [search_keys.sounding(ctx.seller, text)]
    # Characters with a slip have been looked for as characters.
    if core.isascii():
        sounding = search_keys.sounding_with_slips(ctx.seller, text)
    return _likest(core, found | _with_keys([wide, *fewer, *sounding]), close)


def _good(best: dict[UUID, tuple[int, str]]) -> bool:
    return any(score >= GOOD_SCORE for score, _ in best.values())


def _groups(ctx: Context, typed: list[str], like: dict[str, list[str]]) -> search_keys.Groups:
    """For each word typed the keys of words that it may stand for."""
    return [
        search_keys.one_of(ctx.seller, like[word])
        if word in like
        else search_keys.begun(ctx.seller, word)
        for word in typed
    ]


def _like(ctx: Context, typed: list[str]) -> dict[str, list[str]]:
    """Words of names that begin with a word, or are like it; the likest first."""
    slips = [search_keys.array(search_keys.slips(ctx.seller, word)) for word in typed]
    params = {"seller": ctx.seller, "words": typed, "slips": slips, "end": END}
    found: dict[str, dict[str, float]] = {word: {word: 2.0} for word in typed}
    for line in sql.rows(WORDS_LIKE, params | {"most": WORDS_EACH}) if typed else []:
        word, other = line["typed"], line["word"]
        alike = OSA.normalized_similarity(word, other, score_cutoff=LEAST_LIKE)
        if alike or other.startswith(word):
            found[word].setdefault(other, alike)
    return {word: sorted(some, key=some.__getitem__, reverse=True) for word, some in found.items()}


def _near(word: str, like: list[str]) -> list[str]:
    near = [
        other
        for other in like
        if other.startswith(word) or OSA.distance(word, other, score_cutoff=1) <= 1
    ]
    return near[:MOST_NEAR]


def _with_keys(asked: list[search_keys.Groups]) -> set[tuple[UUID, str]]:
    asked = [groups for groups in asked if groups]
    if not asked:
        return set()
    each = " union all ".join(
        f"select * from names_with(%(q{nth})s, %(most)s)"  # noqa: S608 - only numbers of ours
        for nth in range(len(asked))
    )
    params = {
        f"q{nth}": [search_keys.array(group) for group in one] for nth, one in enumerate(asked)
    }
    return {
        (line["buyer_id"], line["said"]) for line in sql.rows(each, params | {"most": CANDIDATES})
    }


def _likest(core: str, found: Iterable[tuple[UUID, str]], most: int) -> dict[UUID, tuple[int, str]]:
    """The best score of each buyer, of those whose names look closest at a first glance."""
    lines = list(found)
    # What is typed in letters is held against the sound of names in other scripts.
    seen = [
        said if said.isascii() or not core.isascii() else names.latin(said) for _, said in lines
    ]
    close = process.extract(core, seen, scorer=fuzz.WRatio, limit=most)
    best: dict[UUID, tuple[int, str]] = {}
    for _, _, nth in close:
        buyer_id, said = lines[nth]
        score = max(names.similarity(core, said), names.part(core, said))
        if score >= max(LEAST_SCORE, best.get(buyer_id, (0, ""))[0]):
            best[buyer_id] = (score, said)
    return best


# After every text that begins with the one before it.
END = "\U0010ffff"
