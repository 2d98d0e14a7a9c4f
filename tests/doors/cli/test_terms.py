"""`netterms terms` on a terminal."""

from __future__ import annotations

from tests.doors.cli.commands import netterms

CSV = "series,valid_from,rate_pct,known_until,source\nDE_BASE,2026-01-01,1.27,,Bundesbank\n"


def test_rates_are_loaded_and_interest_is_worked_out(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(CSV)
    assert netterms(tmp_path, "seller", "add", "Nordwind", "--country", "DE",
                    "--currency", "EUR").returncode == 0  # fmt: skip
    invoice = ["DE", "10000.00", "--due", "2026-05-02", "--until", "2026-06-01"]
    said = netterms(tmp_path, "terms", "interest", *invoice)
    assert (said.returncode, "known up to 2025-12-31" in said.stdout + said.stderr) == (0, True)
    said = netterms(tmp_path, "terms", "rates", "load", path)
    assert (said.returncode, "1 new or corrected rates" in said.stdout) == (0, True), said.stderr
    assert "1.27" in netterms(tmp_path, "terms", "rates", "show", "de_base").stdout
    said = netterms(tmp_path, "terms", "interest", *invoice)
    assert "€84.41" in said.stdout
    assert "Compensation: €40.00" in said.stdout
    assert "Unverified" in said.stdout + said.stderr
    said = netterms(tmp_path, "terms", "interest", "DE", "1.234", "--due", "2026-05-02")
    assert said.returncode == 2
    path.write_text(CSV.replace("1.27", "much"))
    assert netterms(tmp_path, "terms", "rates", "load", path).returncode == 2


def test_a_country_needs_no_book(tmp_path):
    said = netterms(tmp_path, "terms", "country", "gb")
    assert said.returncode == 0
    assert "Bank of England" in said.stdout
    assert netterms(tmp_path, "terms", "country", "xx").returncode == 2
