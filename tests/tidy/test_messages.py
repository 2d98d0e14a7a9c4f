"""Every text a person sees exists in Chinese, says the same facts, and is compiled."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)(?:\.\d+)?[sdf]|%%|\{\w*\}")


def _script():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _script()


@pytest.fixture(scope="module")
def kept() -> Catalog:
    return messages.kept()


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of the translation with the English text it must agree with."""
    said = message.string if message.pluralizable else (message.string,)
    english = message.id[-1] if message.pluralizable else message.id
    return ((english, text) for text in said)


def test_every_text_in_use_has_a_confirmed_translation(kept):
    lacking = [
        message.id
        for message in messages.extracted()
        if message.id
        and (
            (found := kept.get(message.id, message.context)) is None
            or found.fuzzy
            or not all(text for _, text in _texts(found))
        )
    ]
    assert lacking == [], "run `make messages` and translate what it lists"


@pytest.mark.parametrize("language", messages.OF_BUYERS)
def test_every_text_of_the_buyers_page_is_in_every_language_it_offers(language):
    kept = messages.kept(language)
    lacking = [
        message.id
        for message in messages.extracted(messages.BUYERS_DOOR)
        if message.id
        and (
            (found := kept.get(message.id, message.context)) is None
            or found.fuzzy
            or not all(text for _, text in _texts(found))
        )
    ]
    assert lacking == [], "run `make messages` and translate what it lists"
    wrong = [
        (english, text)
        for message in kept
        if message.id
        for english, text in _texts(message)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert wrong == []
    compiled = messages.file_of(language).with_suffix(".mo").read_bytes()
    assert compiled == messages.compiled(kept), "run `make messages`"


def test_the_buyers_page_offers_the_languages_that_have_catalogues():
    from netterms.doors.look.formats import OF_BUYERS
    from netterms.doors.portal.language import LANGUAGES

    assert set(LANGUAGES) == {"en", "zh-hans", *messages.OF_BUYERS}
    assert set(messages.OF_BUYERS) == OF_BUYERS
    with translation.override("de"):
        assert translation.gettext("Your account") == "Ihr Konto"


def test_a_translation_holds_the_facts_of_the_text_and_no_others(kept):
    wrong = [
        (english, text)
        for message in kept
        if message.id
        for english, text in _texts(message)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text_file(kept):
    assert messages.MO.read_bytes() == messages.compiled(kept), "run `make messages`"


def test_no_translation_is_the_english_text(kept):
    same = {"AUC", "DSO"}
    left = [m.id for m in kept if m.id and m.id not in same and m.string == m.id]
    assert left == []


def test_django_finds_the_catalogue():
    with translation.override("zh-hans"):
        assert translation.gettext("Buyer") == "买方"
        assert translation.ngettext("%(n)s invoice", "%(n)s invoices", 2) == "%(n)s 张发票"
