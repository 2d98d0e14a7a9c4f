"""The documents say what the program does: every variable, command, code, event, state and rule."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from netterms.collection import moves as collection_moves
from netterms.doors.api import api
from netterms.doors.api.errors import STATUS
from netterms.doors.cli import COMMANDS, GROUPS
from netterms.insurance import moves as insurance_moves
from netterms.kernel.context import Permission
from netterms.kernel.events import Event
from netterms.kernel.refusal import Code

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "netterms"
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *PACKAGE.rglob("*.md")],
    key=lambda page: page.as_posix(),
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
RULE = re.compile(r"\b(?:SCR|TCI|AR|COL|TRM)-\d\d\b")
# Written by `make bench` on the reader's own machine.
MADE_LATER = {ROOT / "benchmarks" / "RESULTS.md"}
ROOM_README_LINES = 60
# This test's own pattern, and where the real ledger is looked for beside the repository.
NAMES_PLACES = {"tests/tidy/test_docs.py", "tests/conftest.py"}


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _headings(page: Path) -> list[str]:
    return [line for line in FENCE.sub("", _read(page)).splitlines() if line.startswith("#")]


def _anchor(heading: str) -> str:
    words = heading.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def test_every_variable_of_the_environment_is_in_operations():
    source = _read(PACKAGE / "site" / "config.py")
    variables = set(re.findall(r'"((?:NETTERMS|DATABASE|XDG)_[A-Z_]+)"', source))
    assert len(variables) >= 14
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", _read(DOCS / "operations.md"), re.MULTILINE))
    assert described == variables


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_every_command_is_in_the_readme(readme):
    text = _read(readme)
    for name, _where, _line in (*COMMANDS, *GROUPS):
        assert f"netterms {name}" in text or f"make {name}" in text, name


def test_every_refusal_is_in_the_reference_with_its_status():
    text = _read(DOCS / "reference.md")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", text, re.MULTILINE))
    assert told == {code.value: str(STATUS[code].value) for code in Code}


def test_every_address_of_the_api_is_documented_with_its_parameters():
    told = {
        name: set(re.findall(r"`(\w+)`", parameters))
        for name, parameters in re.findall(
            r"^\| `([\w/{}-]+)` \| .* \|([^|]*)\|$", _read(DOCS / "api.md"), re.MULTILINE
        )
    }
    schema = api.get_openapi_schema(path_prefix="/v1/")
    known = {
        re.sub(r"\{\w+\}", "{id}", path.removeprefix("/v1/")): {
            parameter["name"]
            for parameter in operations.get("get", {}).get("parameters", [])
            if parameter["in"] == "query"
        }
        for path, operations in schema["paths"].items()
    }
    assert told == known


def test_every_event_is_in_the_reference():
    rooms = [path.parent.name for path in PACKAGE.glob("*/events.py")]
    for path in PACKAGE.glob("**/events.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        import_module(".".join(("netterms", *parts)))
    # Other tests make events of their own.
    ours = [kind for kind in Event.__subclasses__() if kind.__module__.startswith("netterms.")]
    kinds = {kind.kind for kind in ours}
    for statement in PACKAGE.glob("*/sql/*.sql"):
        kinds |= {
            found
            for found in re.findall(r"'(\w+\.\w+)'", _read(statement))
            # A name that ends in an underscore is finished by a state: promise_kept.
            if found.split(".")[0] in rooms and not found.endswith("_")
        }
    told = re.findall(r"^\| `(\w+\.\w+)` \|", _read(DOCS / "reference.md"), re.MULTILINE)
    assert set(told) == kinds - {""}


@pytest.mark.parametrize(
    ("what", "states"),
    [
        ("case", collection_moves.CaseState),
        ("action", collection_moves.ActionState),
        ("promise", collection_moves.PromiseState),
        ("plan", collection_moves.PlanState),
        ("claim", insurance_moves.ClaimState),
        ("deadline", insurance_moves.DeadlineState),
    ],
)
def test_every_state_is_in_the_reference(what, states):
    line = re.search(rf"^\| {what} \| (.*) \|$", _read(DOCS / "reference.md"), re.MULTILINE)
    assert line is not None
    assert re.findall(r"`(\w+)`", line[1]) == [state.value for state in states]


def test_every_permission_is_in_the_reference():
    text = _read(DOCS / "reference.md").partition("## Roles and permissions")[2]
    assert set(re.findall(r"`([a-z_]+)`", text)) >= {permission.value for permission in Permission}


def test_every_rule_that_the_code_cites_is_in_the_rule_reference():
    cited = {
        rule
        for suffix in ("*.py", "*.sql")
        for path in PACKAGE.rglob(suffix)
        for rule in RULE.findall(_read(path))
    }
    text = _read(DOCS / "rules.md")
    assert {rule for rule in cited if rule not in text} == set()


def test_every_dependency_has_a_reason():
    project = tomllib.loads(_read(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["dev"], *extras["train"]]
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    text = _read(DOCS / "decisions" / "0002-dependencies.md")
    given = set(re.findall(r"^\| ([a-z0-9-]+) \|", text, re.MULTILINE)) - {"package", "---"}
    assert given == names


def test_every_decision_has_its_own_number():
    numbers = [page.name[:4] for page in sorted((DOCS / "decisions").glob("*.md"))]
    assert len(numbers) == len(set(numbers))
    for page in (DOCS / "decisions").glob("*.md"):
        assert _headings(page)[0].startswith(f"# {int(page.name[:4])}. ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    broken = []
    for target in LINK.findall(FENCE.sub("", _read(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        if other in MADE_LATER:
            continue
        if not other.exists() or (anchor and anchor not in map(_anchor, _headings(other))):
            broken.append(target)
    assert broken == []


def test_both_readmes_have_the_same_sections():
    english, chinese = (
        [heading.split(" ")[0] for heading in _headings(readme)] for readme in READMES
    )
    assert english == chinese


def test_every_room_has_a_short_readme():
    rooms = [path.parent for path in PACKAGE.glob("*/__init__.py") if path.parent.name != "site"]
    assert len(rooms) > 10
    for room in rooms:
        assert (room / "README.md").exists(), room.name
        assert len(_read(room / "README.md").splitlines()) <= ROOM_README_LINES, room.name


def test_no_text_names_a_place_on_somebodys_machine():
    tracked = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--",
            "*.md",
            "*.py",
            "*.sql",
            "*.html",
            "*.toml",
            "*.json",
            "Makefile",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    place = re.compile(r"/(?:home|Users|root|work)/[A-Za-z]|\bshared/")
    found = [
        name
        for name in tracked
        if name
        and (ROOT / name).exists()
        and name not in NAMES_PLACES
        and place.search(_read(ROOT / name))
    ]
    assert found == []
