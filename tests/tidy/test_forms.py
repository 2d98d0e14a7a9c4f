"""No form can forget: errors stand beside fields by one way, and every field can be named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from netterms.doors.console.urls import urlpatterns

DOORS = Path(__file__).parents[2] / "src/netterms/doors"
TEMPLATES = sorted([*DOORS.glob("console/templates/**/*.html"), *DOORS.glob("portal/**/*.html")])
# Django's own forms, which say their errors themselves, and what stands without the frame.
FOREIGN = {"account", "allauth", "mfa"}
TAG = re.compile(r"\{%.*?%\}")
VALUE = re.compile(r"\{\{.*?\}\}")
CONTROLS = {"input", "select", "textarea"}
# Readers of a form, whose second argument is the name of a field.
READERS = {"minor", "figure", "whole", "needed_whole", "day", "percent", "one_of", "amount"}


class Controls(HTMLParser):
    """The fields of a template that people see, and those that no label names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.nameless: list[str] = []
        self.of_number: list[str] = []
        self._labels: set[str] = set()
        self._asked: list[tuple[str, str]] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "label":
            self._labels.add(told.get("for", ""))
            self._inside += 1
        if tag not in CONTROLS or "name" not in told:
            return
        self.names.add(told["name"])
        if told.get("type") == "number":
            self.of_number.append(told["name"])
        if told.get("type") != "hidden" and "aria-label" not in told and not self._inside:
            self._asked.append((told.get("id", "-"), told["name"]))

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "label"

    def close(self) -> None:
        super().close()
        # The name that an include is given is labelled where it is included.
        known = {*self._labels, "x"}
        self.nameless = [name for asked, name in self._asked if asked not in known]


def controls(path: Path) -> Controls:
    text = VALUE.sub("x", TAG.sub("", path.read_text()))
    found = Controls()
    found.feed(text)
    found.close()
    return found


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in [*DOORS.glob("console/*.py"), *DOORS.glob("portal/*.py")]:
        yield path, ast.parse(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_field_has_a_label_and_takes_any_text(path):
    if FOREIGN & set(path.parts):
        return
    found = controls(path)
    assert found.nameless == [], "an error could not say which field it is of"
    # A browser throws away what is typed into a field of numbers and is none.
    assert found.of_number == [], "write inputmode in place of type=number"


def test_every_address_of_the_console_shows_a_refused_form_again():
    bare = [p.name for p in urlpatterns if not hasattr(p.callback, "shows_a_page")]
    assert bare == ["set_language"], "make it with @page, @form_on or @file_on"


def test_no_view_says_a_refusal_in_another_way():
    for path, tree in modules():
        if path.name in {"pages.py", "entrance.py", "forms.py"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "messages.error":
                assert "refusal" not in ast.unparse(node), f"{path.name}: raise it"


def test_what_a_view_reads_is_a_field_of_a_form():
    known = {name for path in TEMPLATES for name in controls(path).names}
    for path, tree in modules():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in READERS and ast.unparse(node.func.value) in {"forms", "entrance"}:
                name = node.args[1]
                if isinstance(name, ast.Constant):
                    assert name.value in known, f"{path.name}: no form has {name.value}"
