"""`netterms buyers` on a terminal."""

from __future__ import annotations

from tests.doors.cli.commands import netterms


def test_a_company_is_looked_up_in_a_list(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("number,name,country\nHRB 4711,Nordwind GmbH,DE\n")
    for words in (["Nordwnd"], ["hrb4711", "--number"]):
        said = netterms(tmp_path, "buyers", "look-up", *words, "--file", path)
        assert (said.returncode, "Nordwind GmbH" in said.stdout) == (0, True), said.stderr
    said = netterms(tmp_path, "buyers", "look-up", "Zyxw", "--file", path)
    assert (said.returncode, "knows no such company" in said.stdout) == (0, True)


def test_what_cannot_be_asked_is_refused_with_what_mends_it(tmp_path):
    said = netterms(tmp_path, "buyers", "look-up", "X", "--in", "elsewhere")
    assert said.returncode == 2
    assert "gleif, companies-house" in said.stderr + said.stdout
    said = netterms(tmp_path, "buyers", "look-up", "123", "--number")
    assert said.returncode == 2
