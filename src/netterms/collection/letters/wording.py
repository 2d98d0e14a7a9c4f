"""The words of letters as data: one file a language, one version a template."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from netterms.collection.letters.rules import LANGUAGES, Template

RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class Wording:
    """What one template says around its tables. Names in braces are filled in."""

    version: int
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of one language."""

    language: str
    labels: dict[str, str]
    templates: dict[Template, Wording]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


@cache
def words(language: str) -> Words:
    """The texts of one of LANGUAGES."""
    assert language in LANGUAGES, language
    path = files("netterms.collection.letters") / "wording" / f"{language}.toml"
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Words(
        language,
        {name: text for name, text in told.items() if isinstance(text, str)},
        {template: _wording(told[template.value]) for template in Template},
    )


def _wording(told: dict[str, Any]) -> Wording:
    return Wording(told["version"], told["title"], tuple(told["before"]), tuple(told["after"]))
