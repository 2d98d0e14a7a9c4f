"""The straight lane reads a plain file as the general way does, and steps back otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from netterms.receivables.intake import Staged, read, reader

HEADINGS = (
    "Customer number,Customer name,Country,Currency,Invoice number,Invoice date,Due date,Amount,"
    "Payment date"
)
PLAIN = (
    "K1,Harbour Foods 1,US,USD,INV-1,2026-01-02,2026-02-01,120.50,2026-02-03",
    "K2,Orion & Söhne,DE,EUR,INV-2,2026-01-03,2026-02-02,99,",
    "K1,Harbour Foods 1,US,USD,INV-3,2026-01-04,2026-02-03,-20.5,",
    "77,,,USD,INV-4,2026-01-05,2026-02-04,7.05,2026-01-20",
)
ALL = (
    "SELECT row_no, company_code, buyer_number, buyer_name, country, email, currency, "
    "invoice_number, kind, issued_on, due_on, amount_minor, open_minor, settled_on, "
    "tangible_net_worth_minor, annual_turnover_minor FROM staged ORDER BY row_no"
)


def both(
    folder: Path, rows: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, headings: str = HEADINGS
) -> list[Staged]:
    path = folder / "ledger.csv"
    path.write_text("\n".join((headings, *rows)) + "\n", encoding="utf-8")
    straight = read(path)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "_straight", lambda *_: None)
        return [straight, read(path)]


def is_straight(staged: Staged) -> bool:
    found = staged.connection.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_name = 'staged'"
    ).fetchall()
    return found == [("VIEW",)]


def alike(one: Staged, other: Staged) -> None:
    assert one.guess == other.guess
    assert (one.rows, one.bad_rows, one.bad()) == (other.rows, other.bad_rows, other.bad())
    rows = [staged.connection.execute(ALL).fetchall() for staged in (one, other)]
    assert rows[0] == rows[1]


def test_a_plain_file_reads_the_same_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, general = both(tmp_path, PLAIN, monkeypatch)
    assert is_straight(straight)
    assert not is_straight(general)
    alike(straight, general)
    assert straight.rows == len(PLAIN)


FAR = 600  # rows below the sample, so that only the whole file shows it


@pytest.mark.parametrize(
    "odd",
    [
        "007,Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "K9.0,Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "K9, Acme ,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "K9,N/A,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "NULL,Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        ",Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,Germany,USD,X-1,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,US,usd,X-1,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,US,,X-1,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,JP,JPY,X-1,2026-01-02,2026-02-01,500,",
        "K9,Acme,US,USD,,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,US,USD, X 1,2026-01-02,2026-02-01,5.00,",
        "K9,Acme,US,USD,INV-1,2026-01-02,2026-02-01,5.00,",
        "K1,Harbour Foods 1,US,USD,INV-1,2026-01-02,2026-02-01,120.50,2026-02-03",
        "K9,Acme,US,USD,X-1,02.01.2026,2026-02-01,5.00,",
        "K9,Acme,US,USD,X-1,20260102,2026-02-01,5.00,",
        "K9,Acme,US,USD,X-1,,2026-02-01,5.00,",
        "K9,Acme,US,USD,X-1,1985-01-02,2026-02-01,5.00,",
        "K9,Acme,US,USD,X-1,2000-01-02,2026-02-01,5.00,",
        "K9,Acme,US,USD,X-1,2026-01-02,infinity,5.00,",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,1900-01-01",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,5.00,unpaid",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,1.234,",
        'K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,"1,234.50",',
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,1_000,",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,5e3,",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,0,",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,,",
        "K9,Acme,US,USD,X-1,2026-01-02,2026-02-01,9999999999999.00,",
        "Total,,,,,,,5.00,",
        ",,,,,,,,",
        'K9,"Acme\nLtd",US,USD,X-1,2026-01-02,2026-02-01,5.00,',
        "K9,Acme,US,USD,X-1,2026-01-02",
        HEADINGS,
    ],
)
@pytest.mark.parametrize("above", [3, FAR])
def test_an_odd_row_is_read_the_general_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, above: int
) -> None:
    rows = [
        f"K{at % 7},Harbour {at % 7},US,USD,INV-{at},2026-01-02,2026-02-01,{at}.25,"
        for at in range(1, above + 1)
    ]
    staged, general = both(tmp_path, (*rows, odd, rows[0].replace("INV-1,", "Z-9,")), monkeypatch)
    assert not is_straight(staged)
    alike(staged, general)


def test_a_connection_reads_one_file_after_another(tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain.csv", tmp_path / "odd.csv"
    plain.write_text("\n".join((HEADINGS, *PLAIN)) + "\n", encoding="utf-8")
    odd.write_text("\n".join((HEADINGS, *PLAIN, "Total,,,,,,,206.55,")) + "\n", encoding="utf-8")
    first = read(plain)
    for path, straight in ((odd, False), (plain, True), (plain, True), (odd, False)):
        again = read(path, connection=first.connection)
        assert again.rows == len(PLAIN)
        assert is_straight(again) is straight


OPEN_HEADINGS = (
    "Customer number,Currency,Invoice number,Document type,Invoice date,Due date,Amount,"
    "Open amount,Payment date"
)
OPEN_PLAIN = (
    "K1,USD,INV-1,Invoice,2026-01-02,2026-02-01,120.50,120.50,",
    "K2,EUR,INV-2,Invoice,2026-01-03,2026-02-02,99,33,",
    "K2,EUR,INV-3,Invoice,2026-01-03,2026-02-02,99,50.5,2026-02-20",
    "K1,USD,INV-4,Invoice,2026-01-04,2026-02-03,20.5,0,2026-02-01",
    "K1,USD,INV-5,Credit note,2026-01-04,2026-02-03,20.5,20.5,",
    "K1,USD,INV-6,Credit note,2026-01-04,2026-02-03,-7,-0.00,2026-02-04",
    "K3,USD,INV-7,,2026-01-05,2026-02-04,-7.05,-2.05,",
    "K3,USD,INV-8,,2026-01-05,2026-02-04,7.05,0.00,2026-02-04",
)


def test_open_amounts_and_kinds_read_the_same_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, general = both(tmp_path, OPEN_PLAIN, monkeypatch, OPEN_HEADINGS)
    assert is_straight(straight)
    assert not is_straight(general)
    alike(straight, general)
    assert straight.rows == len(OPEN_PLAIN)


@pytest.mark.parametrize(
    "odd",
    [
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,,",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,,2026-02-01",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,0,",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,5.01,",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,-1.00,",
        "K9,USD,X-1,,2026-01-02,2026-02-01,-5.00,1.00,",
        "K9,USD,X-1,Credit note,2026-01-02,2026-02-01,5.00,-1.00,",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,1.234,",
        'K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,"1,00",',
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,5.00,USD 1,",
        "K9,USD,X-1,Payment,2026-01-02,2026-02-01,5.00,1.00,",
        "K9,USD,X-1,Cancelled,2026-01-02,2026-02-01,5.00,1.00,",
        "K9,USD,X-1,Whatever,2026-01-02,2026-02-01,5.00,1.00,",
        "K9,USD,X-1,N/A,2026-01-02,2026-02-01,5.00,1.00,",
        "K9,USD,X-1, Invoice ,2026-01-02,2026-02-01,5.00,1.00,",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,0,0,2026-02-01",
        "K9,USD,X-1,Invoice,2026-01-02,2026-02-01,,5.00,",
        OPEN_HEADINGS,
    ],
)
@pytest.mark.parametrize("above", [3, FAR])
def test_an_odd_open_amount_or_kind_is_read_the_general_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, above: int
) -> None:
    rows = [
        f"K{at % 7},USD,INV-{at},Invoice,2026-01-02,2026-02-01,{at}.25,{at}.25,"
        for at in range(1, above + 1)
    ]
    staged, general = both(tmp_path, (*rows, odd), monkeypatch, OPEN_HEADINGS)
    assert not is_straight(staged)
    alike(staged, general)
