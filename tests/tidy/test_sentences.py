"""Every refusal says something a person can act on, in the reader's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from netterms.checkout.moves import OrderMove, OrderState
from netterms.collection.moves import ActionMove, ActionState, PlanMove, PlanState
from netterms.doors.look.field_names import FIELDS
from netterms.doors.look.mends import MENDS
from netterms.doors.look.names import OF_FACTS, WHYS
from netterms.doors.look.sentences import SENTENCES, WITHOUT_VALUE, mend_of, sentence
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.moves import DisputeMove
from netterms.scoring.moves import CardMove, CardState
from netterms.screening.moves import HitMove, HitState

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "netterms"
PLACE = re.compile(r"%\((\w+)\)s")
# Two English words beside each other are a piece of an English sentence; a code or a name is one.
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
# What the facts of refusals look like, none of them English.
FACTS: dict[str, object] = {
    "amount": "9.90 EUR",
    "pay_by": "2026-06-11",
    "closed_until": "2026-04-30",
    "date": "2026-06-01",
    "last_run": "2026-06-02",
    "id": "7",
    "key": "k-1",
    "least": 1,
    "least_minor": 1,
    "most": 12,
    "most_minor": 1200,
    "most_bytes": 65536,
    "number": "R-1",
    "numbers": ["R-1"],
    "rows": [2],
    "rules": ["BR-01", "BR-CO-15"],
    "seconds": 1,
    "until": "2026-06-20",
    "value": "11",
    "country": "DE",
    "day": "2026-07-01",
    "first_day": "2019-09-18",
    "last_day": "2026-06-30",
    "account": "DE02",
    "closing": "3",
    "currencies": "EUR, SEK",
    "expected": "2",
    "first": "2026-05-01",
    "format": "MT942",
    "last": "2026-05-02",
    "lines": "1",
    "opening": "1",
    "place": "7",
    "earliest": "2026-05-01",
    "latest": "2026-06-01",
}


def refusals(code: Code, facts: dict[str, object]) -> Iterator[Refusal]:
    """The refusal with every word that each of its named facts may be."""
    named = [name for name in PLACE.findall(SENTENCES[code]) if name in OF_FACTS]
    for name in named:
        for word in OF_FACTS[name]:
            others = {other: next(iter(OF_FACTS[other])) for other in named}
            yield Refusal(code, **facts | others | {name: word})
    if not named:
        yield Refusal(code, **facts)


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_that_never_breaks(code):
    said = sentence(Refusal(code))
    assert said.endswith(".")
    assert "%(" not in said


def test_there_is_no_sentence_without_a_code():
    assert set(SENTENCES) == set(Code)
    assert set(MENDS) == set(Mend)


@pytest.mark.parametrize("code", Code)
def test_a_chinese_sentence_has_no_english_in_it(code):
    nothing = FACTS | {"value": "", "id": ""}
    money = FACTS | {"currency": "EUR"}
    with translation.override("zh-hans"):
        for facts in (FACTS, nothing, money):
            for refusal in refusals(code, facts):
                said = sentence(refusal)
                assert said.endswith("。"), said
                assert not ENGLISH.search(said), said
                assert "–" not in said, said


@pytest.mark.parametrize("mend", Mend)
def test_what_mends_is_said_in_chinese_with_its_facts(mend):
    facts = {
        "most": 12, "least": 1, "currency": "EUR", "allowed": "a, b", "days": 30, "step": "0.01",
        "pattern": "[A-Z]{3}", "fonts": "Noto_Sans", "expected": "12", "what": "netterms[train]",
        "file": "1", "columns": "2", "why": "3", "missing": 2, "extra": "netterms[train]",
    }  # fmt: skip
    refusal = Refusal(Code.VALUE_INVALID, field="why", value="11", mend=mend, **facts)
    assert "–" not in mend_of(refusal)
    with translation.override("zh-hans"):
        said = sentence(refusal)
        assert not ENGLISH.search(said), said
        assert said.startswith("11 不是理由的有效值。"), said


def test_what_may_be_named_has_its_word():
    assert set(Permission) <= set(OF_FACTS["permission"])
    states = {*OrderState, *ActionState, *CardState, *PlanState, *HitState}
    moves = {*OrderMove, *ActionMove, *CardMove, *PlanMove, *HitMove, *DisputeMove}
    assert states <= set(OF_FACTS["state"])
    assert moves <= set(OF_FACTS["move"])


def test_every_word_is_chinese_in_chinese():
    with translation.override("zh-hans"):
        english = [
            str(word)
            for words in (*OF_FACTS.values(), WHYS)
            for word in words.values()
            if not re.search("[\u4e00-\u9fff]", str(word))
        ]
    assert english == []


def test_every_field_of_a_refusal_has_its_word():
    """What rooms and the console refuse; the doors for programs name fields as they were sent."""
    found = {field for file in _sources() for field in _fields(ast.parse(file.read_text("utf-8")))}
    assert len(found) > 40
    assert sorted(found - set(FIELDS)) == []


def _sources() -> list[Path]:
    for_programs = {PACKAGE / "doors" / "api", PACKAGE / "doors" / "gateway"}
    # Reading a policy or a scorecard from a file names the fields of that file.
    scoring = {"scorecard.py", "blocks.py", "overlay.py"}
    files = {PACKAGE / "insurance" / "terms.py", *(PACKAGE / "scoring" / name for name in scoring)}
    return [
        file
        for file in PACKAGE.rglob("*.py")
        if not for_programs & set(file.parents) and file not in files
    ]


def _fields(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = {word.arg: word.value for word in node.keywords}
        place = {
            "_invalid": 0,
            "invalid": 0,
            "checked_text": 0,
            "_within": 0,
            "_want": 0,
            "_letters": 0,
            "_must": 1,
            "_one_of": 2,
        }
        if node.func.id == "Refusal":
            asked = given.get("field") or given.get("what")
        elif node.func.id in place:
            asked = node.args[place[node.func.id]]
        else:
            continue
        if isinstance(asked, ast.Constant):
            yield str(asked.value)


def test_no_room_says_what_mends_in_words():
    said = [
        f"{file.relative_to(PACKAGE)}: {ast.unparse(node.value)}"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg == "mend"
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
    ]
    assert said == []


def test_programs_read_fields_as_they_sent_them():
    no = Refusal(Code.VALUE_INVALID, field="why", value="", mend=Mend.SAY_WHY)
    assert sentence(no) == "Nothing was given for reason. To mend it: say why, for those who ask."
    assert sentence(no, names_as_sent=True).startswith("Nothing was given for why.")


def test_facts_and_what_mends_are_in_the_sentence():
    no = Refusal(Code.VALUE_INVALID, field="grade", value="11", mend="1 to 10.")
    assert sentence(no) == "11 is not a valid value for grade. To mend it: 1 to 10."


def test_nothing_given_is_not_shown_as_a_value():
    for code in WITHOUT_VALUE:
        for nothing in ("", None):
            said = sentence(Refusal(code, field="status", value=nothing))
            assert not re.search(r"^ |  | \.|None", said), said


def test_a_person_reads_the_bounds_of_an_amount_as_money():
    bounds = {"least_minor": 1, "most_minor": 600_00, "currency": "EUR"}
    said = sentence(Refusal(Code.AMOUNT_OUT_OF_RANGE, **bounds))
    assert said == "The amount must lie between €0.01 and €600.00."
    said = sentence(Refusal(Code.AMOUNT_OUT_OF_RANGE, least_minor=400_00, currency="EUR"))
    assert said == "The amount must be €400.00 or more."


def test_long_lists_are_cut():
    said = sentence(Refusal(Code.CONFLICTING_NUMBER, rows=list(range(100)), numbers=["A"]))
    assert "0, 1, 2, 3, 4, …" in said
