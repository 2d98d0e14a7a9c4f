"""The creditor reference of ISO 11649 and the payment code of EPC069-12."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from netterms.collection.payment_reference import creditor_reference, epc_code, spaced
from netterms.kernel.money import Money

IBAN = "DE89370400440532013000"


@given(st.text(max_size=40), st.uuids())
def test_every_buyer_has_a_reference_with_right_check_digits(number, buyer):
    found = creditor_reference(number, buyer)
    assert iso11649.is_valid(found)
    assert len(found) <= 25


def test_a_known_reference():
    # The example of the standard: RF18 5390 0754 7034.
    assert creditor_reference("539007547034", uuid4()) == "RF18539007547034"
    assert spaced("RF18539007547034") == "RF18 5390 0754 7034"


def test_numbers_that_would_collide_get_a_reference_of_the_id():
    one, two = UUID(int=1), UUID(int=2)
    assert creditor_reference("a1", one) != creditor_reference("A1", two)
    assert creditor_reference("B-1", one) != creditor_reference("B-1", two)


def test_the_payment_code_has_the_lines_of_the_guideline():
    text = epc_code("Seller  AG", IBAN, "COBADEFFXXX", Money(12_30, "EUR"), "RF18539007547034")
    assert text is not None
    assert text.split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Seller AG", IBAN, "EUR12.30", "",
        "RF18539007547034",
    ]  # fmt: skip
    assert len(text.encode()) <= 331


def test_there_is_no_code_but_for_euro_in_its_bounds():
    for amount in (Money(1, "USD"), Money(0, "EUR"), Money(100_000_000_000, "EUR")):
        assert epc_code("S", IBAN, "", amount, "RF18539007547034") is None
