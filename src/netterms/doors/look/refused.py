"""A form that was refused, shown again: each error beside its field, and what was typed kept.

The one place for every form of the console and of the buyer's page. A view raises a refusal that
names a field; its template writes plain fields with labels and knows nothing of errors. The page
is made as it always is, and then what was sent and what is wrong with it is written into its form.

A refusal's field is looked for among the form's controls by name, by the name without `_minor`,
and by `data-field`, where a control lists what else its value is called. Of a file, every refusal
stands beside the control that chose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _
from lxml import etree, html

from netterms.kernel.refusal import Code, Refusal

# Stands in a sentence for what the form calls the field, until the form is there to say.
LABEL = "\ue000"
# What a page writes anew each time, so that it says nothing of which form was sent.
NEW_EACH_TIME = frozenset({"csrfmiddlewaretoken", "key", "seen", "back"})
# What nobody gets to see again.
NEVER_SHOWN = frozenset({"file", "password"})
OF_FILES = frozenset(
    {
        Code.FILE_EMPTY, Code.FILE_TOO_LARGE, Code.FILE_UNREADABLE, Code.ROWS_BAD,
        Code.COLUMN_MISSING, Code.COLUMN_UNKNOWN, Code.BANK_STATEMENT_CURRENCIES,
        Code.BANK_STATEMENT_INTERIM, Code.NO_HEADER, Code.BANK_STATEMENT_OVERLAPS,
        Code.BANK_STATEMENT_UNBALANCED, Code.BANK_STATEMENT_VALUE_UNREADABLE,
        Code.EINVOICE_INVALID, Code.EINVOICE_VALUE_UNREADABLE,
    }
)  # fmt: skip
# Refusals that name no field, and what their field is called in forms.
OF_CODES: Mapping[Code, tuple[str, ...]] = {
    Code.AMOUNT_OUT_OF_RANGE: ("amount", "limit"),
    Code.INVOICE_NUMBER_TAKEN: ("invoice_number", "number"),
    Code.ISSUED_ON_OUT_OF_RANGE: ("issued_on",),
    Code.PERIOD_CLOSED: ("paid_on", "issued_on", "closed_until"),
}
# What no document may hold, and nobody sees.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
DETAILS = re.compile(r"<details\b[^>]*>|</details>")


class Say(Protocol):
    """The sentence of a refusal, with its field called what the form calls it."""

    def __call__(self, refusal: Refusal, *, called: str = "") -> str: ...


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field: its names, which of those so called, and the sentence."""

    fields: tuple[str, ...]
    # With LABEL in place of the field.
    said: str
    # Where no form is there to say what it calls the field.
    plain: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: where to, what was typed by name, and the files by name."""

    method: str
    path: str
    typed: Mapping[str, Sequence[str]]
    files: Sequence[str]

    @staticmethod
    def of(request: HttpRequest) -> Sent:
        """What came with a request; of a GET, what its address asks."""
        method = str(request.method).lower()
        typed = request.GET if method == "get" else request.POST
        kept = {name: found for name, found in typed.lists() if name != "csrfmiddlewaretoken"}
        return Sent(method, request.path, kept, list(request.FILES))


class Refusals(Exception):  # noqa: N818 - not an error: an answer
    """Several refusals at once, each with the row of the form that it is of."""

    def __init__(self, found: Sequence[tuple[Refusal, int]]) -> None:
        super().__init__(found)
        self.found = found


def wrong_of(refusal: Refusal, say: Say, row: int = 0) -> Wrong:
    """`say` gives the sentence in the reader's language."""
    plain = say(refusal)
    field = str(refusal.facts.get("field", refusal.facts.get("what", "")))
    if refusal.code is Code.BANK_STATEMENT_INCOMPLETE:
        # What the file lacks may have a field of its own.
        return Wrong((field, "file"), plain, plain, row)
    if refusal.code in OF_FILES:
        # Their field is one of the file, not of the form.
        return Wrong(("file", "files"), plain, plain, row)
    fields = (*OF_CODES.get(refusal.code, ()), field)
    # "There is no buyer number 4711": what there is none of has its own word.
    called = field and refusal.code is not Code.NOT_FOUND
    return Wrong(fields, say(refusal, called=LABEL) if called else plain, plain, row)


def wrongs_of(refusal: Refusal | Refusals, say: Say) -> list[Wrong]:
    """What is wrong, field by field."""
    if isinstance(refusal, Refusal):
        return [wrong_of(refusal, say)]
    return [wrong_of(one, say, row) for one, row in refusal.found]


def filled(page: str, path: str, sent: Sent, wrong: Sequence[Wrong]) -> str | None:
    """The page at `path` with the sent form in it; None where it has no such form to write in."""
    page = UNWRITABLE.sub("", page)
    forms = [(html.fragment_fromstring(each.group()), each) for each in FORM.finditer(page)]
    known = [each for each in forms if _is_sent(each[0], path, sent) and _has_fields(each[0])]
    if not known:
        return None
    form, found = max(known, key=lambda each: _alike(each[0], sent))
    _keep(form, sent)
    _mark(form, wrong)
    before = _opened(page[: found.start()]).replace(" autofocus", "")
    after = page[found.end() :].replace(" autofocus", "")
    written: str = etree.tostring(form, method="html", encoding="unicode")
    return before + written + after


def _is_sent(form: Any, path: str, sent: Sent) -> bool:  # noqa: ANN401 - lxml has no types
    """Whether it is this one: sent so, to there, with these hidden values, by one such button."""
    if form.get("method", "get").lower() != sent.method:
        return False
    actions = [form.get("action", ""), *form.xpath(".//@formaction")]
    if sent.path not in {urlsplit(urljoin(path, each)).path for each in actions}:
        return False
    told = {
        each.get("name"): each.get("value", "")
        for each in form.iter("input")
        if each.get("type") == "hidden" and each.get("name") not in NEW_EACH_TIME
    }
    if any(value not in sent.typed.get(name, (value,)) for name, value in told.items()):
        return False
    known = {*told, *NEW_EACH_TIME}
    buttons = [each for each in form.iter("button") if each.get("name") not in known]
    pressed = {each.get("name"): sent.typed.get(each.get("name"), ()) for each in buttons}
    return not any(pressed.values()) or any(
        each.get("value") in pressed[each.get("name")] for each in buttons
    )


def _alike(form: Any, sent: Sent) -> tuple[int, int]:  # noqa: ANN401
    """How many of its values were sent: of forms of one kind, the one with most was.

    First those that nobody can change: what was typed may be what another form shows.
    """
    same = [e for e in _controls(form) if e.get("value") in sent.typed.get(e.get("name"), ())]
    return sum(each.get("type") == "hidden" for each in same), len(same)


def _controls(form: Any) -> Iterator[Any]:  # noqa: ANN401
    return (each for each in form.iter("input", "select", "textarea") if each.get("name"))


def _shown(form: Any) -> Iterator[Any]:  # noqa: ANN401
    return (each for each in _controls(form) if each.get("type") not in {"hidden", "submit"})


def _has_fields(form: Any) -> bool:  # noqa: ANN401
    return next(_shown(form), None) is not None


def _keep(form: Any, sent: Sent) -> None:  # noqa: ANN401
    """Write what was typed into the controls; of those of one name, in their order."""
    taken: dict[str, int] = {}
    for control in _shown(form):
        name, kind = control.get("name"), control.get("type", "text")
        control.attrib.pop("autofocus", None)
        if kind in {"checkbox", "radio"}:
            _set(control, "checked", on=control.get("value", "on") in sent.typed.get(name, ()))
            continue
        if "multiple" in control.attrib and control.tag == "select":
            _choose(control, sent.typed.get(name, ()))
            continue
        if kind == "file" and name in sent.files:
            _beside(control, _("Please choose the file again: a browser does not keep it."), "help")
        # A code of an app counts once.
        if kind in NEVER_SHOWN or control.get("autocomplete") == "one-time-code":
            continue
        at = taken.get(name, 0)
        taken[name] = at + 1
        if at >= len(sent.typed.get(name, ())):
            continue
        typed = UNWRITABLE.sub("", sent.typed[name][at])
        if control.tag == "textarea":
            # A browser leaves the first line break out.
            control.text = f"\n{typed}" if typed.startswith("\n") else typed
        elif control.tag == "select":
            _choose(control, [typed])
        else:
            control.set("value", typed)


def _choose(select: Any, typed: Sequence[str]) -> None:  # noqa: ANN401
    options = list(select.iter("option"))
    values = [each.get("value", (each.text or "").strip()) for each in options]
    if set(typed) <= set(values):
        for option, value in zip(options, values, strict=True):
            _set(option, "selected", on=value in typed)


def _set(control: Any, name: str, *, on: bool) -> None:  # noqa: ANN401
    control.attrib.pop(name, None)
    if on:
        control.set(name, name)


def _mark(form: Any, wrong: Sequence[Wrong]) -> None:  # noqa: ANN401
    """Say each error beside its field, and put the reader into the first."""
    marked = []
    for one in wrong:
        control, said = _control(form, one)
        if control is None:
            marked.append(_at_the_end(form, said))
            continue
        if control.get("aria-invalid"):
            # One thing at a time: the first is said.
            continue
        control.set("aria-invalid", "true")
        _beside(control, said, "errors")
        for around in control.iterancestors("details"):
            _set(around, "open", on=True)
        marked.append(control)
    first = next((each for each in form.iter() if each in marked), None)
    if first is not None:
        first.set("autofocus", "autofocus")


def _control(form: Any, wrong: Wrong) -> tuple[Any, str]:  # noqa: ANN401
    """The field that is wrong, and what to say; of one that is called otherwise, as rooms do."""
    for field in filter(None, wrong.fields):
        last = field.rsplit(".", 1)[-1]
        names = {field, last, last.removesuffix("_minor")}
        found = [each for each in _shown(form) if each.get("name") in names]
        if found:
            control = found[min(wrong.row, len(found) - 1)]
            return control, wrong.said.replace(LABEL, label(form, control))
        found = [each for each in _shown(form) if names & set(each.get("data-field", "").split())]
        if found:
            return found[min(wrong.row, len(found) - 1)], wrong.plain
    return None, wrong.plain


def label(form: Any, control: Any) -> str:  # noqa: ANN401
    """What the form calls a control: its label, else its own words, its group's, its name."""
    said = control.get("aria-label") or ""
    labels = form.xpath(".//label[@for=$id]", id=control.get("id") or "-")
    groups = control.xpath("ancestor::fieldset[1]/legend")
    around = control.xpath("ancestor::label[1]")
    for each in [*labels, *groups, *around]:
        said = said or " ".join(each.xpath("string()").split()).rstrip(" *")
    return said or str(control.get("name"))


def _beside(control: Any, said: str, css: str) -> None:  # noqa: ANN401
    """Words of a control: after it, or after the label that it stands in."""
    root = control.getroottree().getroot()
    name = f"{css}-{control.get('name')}"
    name += str(len(root.xpath(".//@id[starts-with(., $name)]", name=name)) or "")
    words = html.Element("span", {"class": css, "id": name})
    words.text = UNWRITABLE.sub("", said)
    around = control.xpath("ancestor::label[1]")
    (around[0] if around else control).addnext(words)
    control.set("aria-describedby", " ".join(filter(None, (control.get("aria-describedby"), name))))


def _at_the_end(form: Any, said: str) -> Any:  # noqa: ANN401
    """What is of no field stands above the buttons."""
    words = html.Element("div", {"class": "flash error", "role": "alert", "tabindex": "-1"})
    words.text = UNWRITABLE.sub("", said)
    buttons = form.xpath(".//*[contains(@class, 'form-actions')]")
    if buttons:
        buttons[-1].addprevious(words)
    else:
        form.append(words)
    return words


def _opened(before: str) -> str:
    """What stands before the form, with every fold that the form lies in opened."""
    folds: list[re.Match[str]] = []
    for found in DETAILS.finditer(before):
        if not found.group().startswith("</"):
            folds.append(found)
        elif folds:
            folds.pop()
    for fold in reversed(folds):
        if not re.search(r"\sopen\b", fold.group()):
            at = fold.start() + len("<details")
            before = before[:at] + " open" + before[at:]
    return before
