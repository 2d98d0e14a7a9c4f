"""Which invoices a payment settles: references, sums, points."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.buyers import names
from netterms.receivables.matching import references, sums
from netterms.receivables.matching.likely import Namesakes
from netterms.receivables.matching.points import Reason, rules
from netterms.receivables.matching.rules import (
    Evidence,
    Item,
    Paid,
    Proposal,
    best,
)
from netterms.receivables.matching.statement import Line

DAY = date(2026, 5, 1)
ACME, OTHER = 1, 2


def item(number: int, minor: int, *, buyer: int = ACME, issued_on: date = DAY) -> Item:
    text = f"INV-2026-{number:05}"
    return Item(number, buyer, references.key(text), references.digits(text), minor, issued_on)


def found(
    minor: int,
    words: str,
    items: list[Item],
    *,
    payers: dict[int, Reason] | None = None,
    name: str = "",
    names_of: dict[int, str] | None = None,
) -> Proposal | None:
    keys = references.in_text(words)
    evidence = Evidence(payers=dict(payers or {}))
    figures = {references.digits(key) for key in keys}
    for one in items:
        if one.key in keys:
            evidence.named[one.id] = one
        elif one.digits and one.digits in figures:
            evidence.digits[one.id] = one
    called = names_of or {}
    return best(
        Paid(minor, date(2026, 5, 20), keys, name),
        evidence,
        lambda buyer: [one for one in items if one.buyer == buyer],
        lambda said, buyer: names.similarity(said, called.get(buyer, "")),
    )


def settled(proposal: Proposal | None) -> dict[int, int]:
    assert proposal is not None
    return {part.item.id: part.settled for part in proposal.parts}


ACCOUNT = {ACME: Reason.PAYER_ACCOUNT}


@pytest.mark.parametrize(
    "words",
    ["RE INV-2026-00042", "inv 2026 00042", "Rechnung INV/2026/00042 danke", "INV202600042",
     "发票INV-2026-00042货款", "ＩＮＶ－２０２６－０００４２"],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(words: str):
    assert "INV202600042" in references.in_text(words)


def test_the_creditor_reference_is_read_without_its_check_digits():
    line = Line(DAY, 1, creditor_reference="RF18 5390 0754 7034", end_to_end="INV-7001")
    assert references.in_line(line)[:3] == ["539007547034", "RF18539007547034", "INV7001"]


def test_number_and_amount_are_sure_without_a_payer():
    proposal = found(500, "INV-2026-00042", [item(42, 500), item(43, 500)])
    assert proposal is not None
    assert proposal.sure
    assert settled(proposal) == {42: 500}
    assert proposal.score == 80


def test_the_digits_need_a_payer_to_be_sure():
    items = [item(42, 500)]
    alone = found(500, "Zahlung 202600042", items)
    assert alone is not None
    assert not alone.sure
    known = found(500, "Zahlung 202600042", items, payers=ACCOUNT)
    assert known is not None
    assert known.sure


def test_a_typing_error_is_found_by_payer_and_amount():
    proposal = found(500, "INV-2026-00024", [item(42, 500), item(77, 900)], payers=ACCOUNT)
    assert proposal is not None
    assert proposal.sure
    assert Reason.REFERENCE_CLOSE in proposal.reasons


def test_another_number_of_the_same_build_speaks_against_the_amount():
    proposal = found(500, "INV-2026-09999", [item(42, 500)], payers=ACCOUNT)
    assert proposal is not None
    assert not proposal.sure
    assert Reason.OTHER_NUMBER in proposal.reasons


def test_equal_amounts_of_one_buyer_are_proposed_oldest_first_and_never_posted():
    proposal = found(500, "", [item(42, 500), item(43, 500)], payers=ACCOUNT)
    assert proposal is not None
    assert not proposal.sure
    assert settled(proposal) == {42: 500}
    assert Reason.RIVAL in proposal.reasons


def test_several_named_are_settled_together():
    items = [item(42, 500), item(43, 700), item(44, 900)]
    proposal = found(1_200, "INV-2026-00042, INV-2026-00043", items, payers=ACCOUNT)
    assert settled(proposal) == {42: 500, 43: 700}


def test_one_that_the_bank_cut_off_is_completed_from_what_is_open():
    items = [item(42, 500), item(43, 700), item(44, 900)]
    proposal = found(1_200, "INV-2026-00042, INV-20", items, payers=ACCOUNT)
    assert proposal is not None
    assert proposal.sure
    assert settled(proposal) == {42: 500, 43: 700}


def test_some_of_those_named_that_make_the_amount_are_taken():
    items = [item(42, 500), item(43, 700), item(44, 900)]
    words = "INV-2026-00042 INV-2026-00043 INV-2026-00044"
    assert settled(found(1_400, words, items, payers=ACCOUNT)) == {42: 500, 44: 900}


def test_a_short_payment_settles_a_part_of_the_invoice_it_names():
    proposal = found(300, "INV-2026-00042", [item(42, 500)], payers=ACCOUNT)
    assert proposal is not None
    assert proposal.sure
    assert [(part.taken, part.write_off) for part in proposal.parts] == [(300, 0)]


def test_a_bank_charge_is_written_off_beside():
    proposal = found(99_600, "INV-2026-00042", [item(42, 100_000)], payers=ACCOUNT)
    assert proposal is not None
    assert proposal.sure
    assert [(part.taken, part.write_off) for part in proposal.parts] == [(99_600, 400)]


def test_a_discount_is_proposed_and_never_given_without_a_person():
    proposal = found(98_000, "INV-2026-00042", [item(42, 100_000)], payers=ACCOUNT)
    assert proposal is not None
    assert proposal.score >= rules().post_from
    assert not proposal.sure
    assert [(part.taken, part.discount) for part in proposal.parts] == [(98_000, 2_000)]


def test_what_is_paid_beyond_the_invoice_is_left_over_for_a_person_to_see():
    proposal = found(900, "INV-2026-00042", [item(42, 500)], payers=ACCOUNT)
    assert proposal is not None
    assert not proposal.sure
    assert settled(proposal) == {42: 500}


def test_somebody_elses_account_speaks_against_it():
    proposal = found(500, "INV-2026-00042", [item(42, 500, buyer=OTHER)], payers=ACCOUNT)
    assert proposal is not None
    assert not proposal.sure
    assert Reason.PAYER_CONTRADICTS in proposal.reasons


def test_somebody_elses_name_speaks_against_it():
    items = [item(42, 500)]
    called = {ACME: "Acme Logistics"}
    differs = found(500, "INV-2026-00042", items, name="Zebra Foods", names_of=called)
    assert differs is not None
    assert not differs.sure
    alike = found(500, "INV-2026-00042", items, name="Acme Logistic", names_of=called)
    assert alike is not None
    assert alike.sure


def test_all_that_is_open_paid_at_once_is_sure_with_a_known_account():
    proposal = found(2_100, "", [item(42, 500), item(43, 700), item(44, 900)], payers=ACCOUNT)
    assert proposal is not None
    assert Reason.WHOLE_ACCOUNT in proposal.reasons
    assert settled(proposal) == {42: 500, 43: 700, 44: 900}


def test_nothing_likely_is_nothing():
    assert found(123, "hello", [item(42, 500)]) is None
    assert found(123, "hello", [item(42, 500)], payers=ACCOUNT) is None


opens = st.lists(st.integers(1, 5_000), min_size=1, max_size=12)


@given(opens, st.integers(1, 20_000), st.booleans(), st.data())
def test_a_proposal_takes_no_more_than_came_in_and_no_more_than_is_open(
    amounts: list[int], minor: int, known: bool, data: st.DataObject
):
    items = [item(k + 1, amount) for k, amount in enumerate(amounts)]
    named = data.draw(st.lists(st.sampled_from(items), max_size=4))
    words = " ".join(f"INV-2026-{one.id:05}" for one in named)
    proposal = found(minor, words, items, payers=ACCOUNT if known else None)
    if proposal is None:
        return
    assert sum(part.taken for part in proposal.parts) <= minor
    assert len(proposal.items) == len(proposal.parts)
    for part in proposal.parts:
        assert 0 < part.settled <= part.item.open
        assert min(part.taken, part.discount, part.write_off) >= 0
        assert part.write_off <= rules().small_most


@given(opens, st.integers(1, 20_000))
def test_sums_are_what_they_say(amounts: list[int], minor: int):
    items = [item(k + 1, amount) for k, amount in enumerate(amounts)]
    for some in sums.to(items, minor, triples_up_to=60):
        assert sum(one.open for one in some) == minor
        assert len({one.id for one in some}) == len(some) > 1


def test_likely_names_share_a_word_or_its_beginning():
    known = Namesakes([(1, "acme logistics"), (2, "zebra foods"), (3, "上海明德贸易")])
    assert known.like("acme logistik", 82)[0][0] == 1
    assert known.like("zebrafoods", 82)[0][0] == 2
    assert known.like("上海明徳贸易", 60)[0][0] == 3
    assert known.like("nobody at all", 82) == []


def test_the_points_cannot_post_what_nobody_named():
    points = rules().points
    assert set(points) == set(Reason)
    without = points[Reason.PAYER_NAME] + points[Reason.AMOUNT_EXACT] + points[Reason.ONLY_ONE]
    assert without < rules().post_from
