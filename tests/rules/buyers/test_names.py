"""Names made comparable: what makes no difference, and what does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.buyers import names

WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzäöüéñçåø", min_size=2, max_size=12), min_size=1, max_size=4
).map(" ".join)
CHINESE = st.text("深圳上海北京华为腾讯科技贸易实业电子", min_size=2, max_size=8)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert names.folded(names.folded(name)) == names.folded(name)
    assert names.core(names.core(name)) == names.core(name)


@given(WORDS)
def test_case_width_marks_and_punctuation_make_no_difference(name: str) -> None:
    folded = names.folded(name)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    for spelling in (name.upper(), wide, bare, f" {name.replace(' ', ',  ')}. "):
        assert names.folded(spelling) == folded
    assert folded.isascii()


@given(WORDS, st.sampled_from(["GmbH", "Ltd.", "LIMITED", "S.p.A.", "GmbH & Co. KG", "Co., Ltd."]))
def test_the_legal_form_is_not_part_of_the_core(name: str, form: str) -> None:
    assert names.core(f"{name} {form}") == names.core(name)
    assert names.similarity(f"{name} {form}", name) == 100


@given(CHINESE, st.sampled_from(["有限公司", "有限责任公司", "股份有限公司"]))
def test_the_chinese_legal_form_is_not_part_of_the_core(name: str, form: str) -> None:
    assert names.core(name + form) == name


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_within_0_and_100(one: str, other: str) -> None:
    assert names.similarity(one, other) == names.similarity(other, one)
    assert 0 <= names.similarity(one, other) <= 100


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Société Générale S.A.", "societe generale"),
        ("S. A. Générale", "sa generale"),
        ("ООО «Газпром нефть»", "gazprom neft"),
        ("OAO Gazprom", "gazprom"),
        ("FABERLIC EUROPE Sp. z o.o.", "faberlic europe"),
        ("Türk Hava Yolları A.Ş.", "turk hava yollari"),
        ("华为技术（深圳）有限公司", "华为技术深圳"),
        ("ABC电子有限公司", "abc 电子"),
        ("トヨタ自動車株式会社", "トヨタ自動車"),
        ("㈱日立製作所", "日立製作所"),
        ("（주）삼성 전자", "삼성전자"),
        ("The Cigna Group", "cigna group"),
        ("Bain Capital Fund X L.P.", "bain capital fund x"),
        ("Petróleos de Venezuela S.A. de C.V.", "petroleos de venezuela"),
        ("Limited", "limited"),
        ("有限公司", "有限公司"),
        ("", ""),
    ],
)
def test_core(name: str, core: str) -> None:
    assert names.core(name) == core


def test_tokens_are_the_words_of_the_core() -> None:
    assert names.tokens("Nordwind Handels-GmbH") == ("nordwind", "handels")
    assert names.tokens("") == ()


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("Handel Nordwind AG", "Nordwind Handel GmbH", 99),
        ("Microsft Corp", "Microsoft Corporation", 91),
        ("First Bank Int'l", "First International Bank", 91),
        ("Hua Wei", "华为有限公司", 91),
        ("广东贸易有限公司", "廣東貿易", 95),
        ("Data Soft", "DataSoft Ltd", 99),
    ],
)
def test_one_company_in_two_spellings_is_alike(one: str, other: str, least: int) -> None:
    assert names.similarity(one, other) >= least


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Industrial and Commercial Bank of Chad", "Industrial and Commercial Bank of China"),
        ("Bowne Global Solutions, Inc.", "Bowne Global Solutions II, Inc."),
        ("BAE Systems", "BAE Industries"),
        ("ABC Trading", "ABD Trading"),
        ("深圳市腾讯科技有限公司", "深圳市百度科技有限公司"),
        ("", "Anything"),
    ],
)
def test_two_companies_with_like_names_stay_apart(one: str, other: str) -> None:
    assert names.similarity(one, other) < 91
