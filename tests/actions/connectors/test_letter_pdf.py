"""Letters as PDF in every language: every character has a glyph, and can be read out again."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from netterms.collection.letters.compose import compose
from netterms.collection.letters.rules import LANGUAGES, Template
from netterms.connectors import letters
from netterms.kernel.refusal import Code, Refusal
from tests.rules.collection.test_letters import letter, said

# A name in five scripts: a buyer's name may be in another one than the letter.
SHAPED = re.compile(r"[\u0600-\u06ff]")


def extracted(documents):
    reader = PdfReader(io.BytesIO(letters.press(documents)))
    return "".join(page.extract_text() for page in reader.pages)


def characters(text):
    """Letters and digits, composed, without marks: what extraction gives back in any order."""
    plain = unicodedata.normalize("NFKC", text)
    return {one for one in plain if unicodedata.category(one)[0] in "LN"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [Template.FORMAL_NOTICE, Template.PLAN_PROPOSAL])
def test_no_glyph_is_missing(template, language):
    if not letters.can_press(language):
        pytest.skip(f"no font for {language} on this machine")
    facts = letter(template)
    text = extracted([compose(facts, language)])
    assert "\ufffd" not in text
    assert "\0" not in text
    assert sorted(characters(said(facts, language)) - characters(text)) == []


def test_a_notice_in_two_languages_is_one_file():
    facts = letter(Template.FORMAL_NOTICE)
    pdf = letters.press([compose(facts, "de"), compose(facts, "en")])
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert "Mahnung mit Fristsetzung" in pages[0].extract_text()
    assert "Formal notice of payment due" in pages[-1].extract_text()


def test_what_a_name_holds_is_never_markup():
    name = '#read("/etc/passwd") *A* $x$ \\ @b'
    facts = letter(Template.CALL_FOLLOW_UP, note=name)
    assert name.replace(" ", "") in extracted([compose(facts, "en")]).replace(" ", "").replace(
        "\n", ""
    )


def test_without_a_font_the_letter_is_refused(monkeypatch):
    monkeypatch.setattr(letters, "_families", lambda: frozenset({"Libertinus Serif"}))
    assert letters.can_press("de")
    with pytest.raises(Refusal) as caught:
        letters.press([compose(letter(Template.REMINDER_1), "ja")])
    assert caught.value.code is Code.FONT_MISSING
    assert caught.value.facts["fonts"] == "Noto Sans CJK JP, Source Han Sans JP"
