"""What the demonstration tells of its companies holds together and fits how they pay."""

from datetime import date

import pytest
from stdnum import iban

from netterms.buyers.numbers import NumberCheck
from netterms.screening.rules import Party
from netterms.simulation.accounts import ILL, YEARS, accounts_of
from netterms.simulation.economy import economy
from netterms.simulation.listed import NAMESAKE, listed, made_up
from netterms.simulation.particulars import account_of, changed_account, numbers_of, twice
from netterms.statements.rules import completed, findings

DAY = date(2026, 11, 9)


@pytest.fixture(scope="module")
def world():
    return economy(1, date(2026, 11, 23))


@pytest.mark.parametrize("seed", [1, 2, 3, 7, 11])
def test_accounts_have_no_flaw_and_carry_profits_forward(seed):
    told = accounts_of(economy(seed, date(2026, 11, 23)), DAY)
    assert len(told) > 20
    for years in told.values():
        assert len(years) == YEARS
        for before, after in zip([None, *years], years, strict=False):
            full = completed(after.accounts)
            found = findings(full, before.accounts if before else None)
            assert [each for each in found if not each.is_question] == []
            if before is not None:
                items = after.accounts.items
                assert items["equity"] - items["net_income"] == before.accounts.items["equity"]


def test_the_newest_year_is_the_profile_and_who_fails_loses(world):
    told = accounts_of(world, DAY)
    buyers = {buyer.number: buyer for buyer in world.buyers}
    ill = {number for number in told if buyers[number].habit.behaviour in ILL}
    assert ill
    for number, years in told.items():
        newest = years[-1].accounts
        assert newest.items["revenue"] == buyers[number].annual_turnover_minor
        worth = newest.items["equity"] - newest.items["intangible_assets"]
        assert worth == buyers[number].tangible_net_worth_minor
        assert newest.period_end == date(2025, 12, 31)
        assert newest.items["net_income"] < 0 or number not in ill


def test_numbers_pass_their_checks_and_are_all_different(world):
    found = [n for place, buyer in enumerate(world.buyers) for n in numbers_of(buyer, place)]
    assert len({(each.kind, each.country, each.value) for each in found}) == len(found)
    unchecked = {each.kind for each in found if each.checked is not NumberCheck.VALID}
    assert unchecked == {"companies_house"}


def test_accounts_are_ibans_where_the_country_has_them_and_all_different(world):
    found = [account_of(buyer, place) for place, buyer in enumerate(world.buyers)]
    found.append(changed_account("Somebody", "NL"))
    assert len({(each.country, each.number) for each in found}) == len(found)
    national = {each.country for each in found if not each.number[:2].isalpha()}
    assert national == {"CN", "JP", "MX", "US"}
    assert all(iban.is_valid(each.number) for each in found if not each.country)


def test_the_list_is_plainly_made_up(world):
    found = made_up(world)
    assert "Made-up" in found.title
    companies = [entry for entry in found.entries if entry.party is Party.COMPANY]
    assert all(entry.programmes[0].startswith("Made up") for entry in companies)
    namesake = listed(world, NAMESAKE)
    entry = next(entry for entry in companies if entry.names == (namesake.name,))
    assert namesake.country not in entry.countries


def test_duplicates_are_not_written_as_the_book_has_them(world):
    names = {buyer.name for buyer in world.buyers}
    assert len(twice(world)) == 2
    assert all(each.name not in names for each in twice(world))
    for each in twice(world):
        each.check()
