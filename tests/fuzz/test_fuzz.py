"""Every importer on files that mean no good: a refusal or a result, in time, within 1 GiB.

`make fuzz` does it for ten minutes (NETTERMS_FUZZ_SECONDS); among the tests it takes seconds. Files
are good ones that were cut, torn, doubled and filled with what breaks readers, from a seed that is
printed (NETTERMS_FUZZ_SEED); beside them stand the bombs everybody knows. Nothing is written by a
reader, so nothing can be half imported; the book's side of that is in the tests of the imports.
"""

# ruff: noqa: E501 - a table of pieces
from __future__ import annotations

import io
import os
import random
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.fuzz.reader import PEAK, SECONDS
from tests.fuzz.seeds import archive, seeds

REPO = Path(__file__).resolve().parents[2]
BUDGET = float(os.environ.get("NETTERMS_FUZZ_SECONDS", "10"))
SEED = int(os.environ.get("NETTERMS_FUZZ_SEED", str(random.randrange(10**9))))
BATCH = 40
# The bound on address space: DuckDB and pyarrow reserve far more than they touch.
ADDRESSES = 8 << 30
PIECES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"<", b">", b"&", b"/>",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>", b"&b;", b"]]>", b"<![CDATA[", b"-", b"9" * 40, b"1e999", b"NaN", b"Infinity", b"-0",
    b"0000-00-00", b"9999-12-31", b"2026-02-30", b"99999999", b":61:", b":20:", b":86:", b"?20", b"../../x", b"=1+1", b"%s%n", b"{}",
    "ﷺ".encode(), "İ".encode(), "\u202e".encode(), "١٢٣".encode(), "一二三".encode(), "½".encode(), b"a" * 5000,
)  # fmt: skip


def mutated(dice: random.Random, content: bytes) -> bytes:
    for _ in range(dice.randint(1, 6)):
        at, to = sorted(dice.randrange(len(content) + 1) for _ in range(2))
        to = min(to, at + dice.choice((1, 4, 40, 4000)))
        way = dice.randrange(6)
        if way == 0:
            content = content[:at] + content[to:]
        elif way == 1:
            content = content[:at] + dice.choice(PIECES) + content[at:]
        elif way == 2:
            content = content[:at] + dice.choice(PIECES) + content[to:]
        elif way == 3:
            content = content[:to] + content[at:to] * dice.choice((1, 3, 50)) + content[to:]
        elif way == 4:
            content = content[:at]
        elif content:
            at = min(at, len(content) - 1)
            content = (
                content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :]
            )
        if len(content) > 2**20:
            content = content[: 2**20]
    return content


def inside(dice: random.Random, content: bytes) -> bytes:
    """A workbook or archive with one of its members mutated: its own sums hold again."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            members = old.infolist()
            chosen = dice.choice(members)
            for member in members:
                told = old.read(member)
                new.writestr(member.filename, mutated(dice, told) if member is chosen else told)
    except (zipfile.BadZipFile, IndexError):
        return content
    return out.getvalue()


def judged(importer: str, folder: Path) -> dict[str, str]:
    """What the importer says of each file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.reader", importer, str(folder)],
        capture_output=True, text=True, cwd=REPO, check=False, timeout=SECONDS * BATCH + 120,
        env=os.environ | {"PYTHONPATH": f"{REPO / 'src'}:{REPO}", "NETTERMS_HOME": str(folder.parent)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)


def hold(importer: str, folder: Path) -> None:
    said = judged(importer, folder)
    peak = int(said.pop("peak"))
    assert len(said) == len(list(folder.iterdir()))
    bad = {name: text for name, text in said.items() if text.startswith(("crash", "hang"))}
    for name in bad:
        shutil.copy(folder / name, f"/tmp/netterms-fuzz-{importer}-{name}")
    assert bad == {}, f"seed {SEED}; the files are kept as /tmp/netterms-fuzz-{importer}-*"
    assert peak <= PEAK


@pytest.mark.parametrize("importer", seeds())
def test_good_files_are_read(importer: str, tmp_path: Path):
    folder = tmp_path / "files"
    folder.mkdir()
    for k, content in enumerate(seeds()[importer]):
        (folder / str(k)).write_bytes(content)
    said = judged(importer, folder)
    said.pop("peak")
    assert set(said.values()) == {"ok"}, said


@pytest.mark.parametrize("importer", seeds())
def test_nothing_but_a_result_or_a_refusal_in_time_and_memory(importer: str, tmp_path: Path):
    dice = random.Random(f"{SEED}/{importer}")
    until = time.monotonic() + BUDGET / len(seeds())
    made = 0
    while not made or time.monotonic() < until:
        folder = tmp_path / f"files{made}"
        folder.mkdir()
        for k in range(BATCH):
            content = dice.choice(seeds_of(importer))
            zipped = content.startswith(b"PK") and dice.random() < 0.7
            (folder / f"{k:03}").write_bytes((inside if zipped else mutated)(dice, content))
        hold(importer, folder)
        shutil.rmtree(folder)
        made += BATCH


_SEEDS = seeds()


def seeds_of(importer: str) -> list[bytes]:
    return _SEEDS[importer]


def bombs() -> dict[str, bytes]:
    """What everybody knows to be thrown at readers."""
    entities = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 12))
    laughs = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a11;</x>'
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Document>&f;</Document>'
    remote = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><Document/>'
    deep = "<Document>" + "<a>" * 100_000
    zeros = io.BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            made.writestr(name, b"0" * (80 * 2**20))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for k in range(11_000):
            made.writestr(f"{k}.xml", b"")
    nested = archive(archive(archive(b"<Document/>")))
    absolute = io.BytesIO()
    with zipfile.ZipFile(absolute, "w") as made:
        made.writestr("/tmp/netterms-was-here.xml", b"<Document/>")
        made.writestr("..\\..\\netterms-was-here.xml", b"<Document/>")
    return {
        "laughs": laughs.encode(),
        "laughs16": laughs.encode("utf-16"),
        "outside": outside.encode(),
        "remote": remote.encode(),
        "deep": deep.encode(),
        "attributes": b"<Document " + b" ".join(b'a%d="x"' % k for k in range(200_000)) + b"/>",
        "zeros": zeros.getvalue(),
        "many": many.getvalue(),
        "nested": nested,
        "absolute": absolute.getvalue(),
        "line": b"Date,Amount\n" + b"1" * (8 * 2**20),
        "quote": b'Date,Amount\n"' + b"a,\n" * 200_000,
        "columns": b"Date,Amount" + b",x" * 100_000 + b"\n2026-01-01,1\n",
        "mt940": b":20:a\n:25:b\n:60F:C260101EUR1,\n:86:" + b"?20" * 500_000,
    }


@pytest.mark.parametrize("importer", seeds())
def test_known_bombs_are_stopped(importer: str, tmp_path: Path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in bombs().items():
        (folder / name).write_bytes(content)
    hold(importer, folder)
    assert not Path("/tmp/netterms-was-here.xml").exists()
    # The key of the site is the only thing that the start of a reader writes.
    assert {path.name for path in tmp_path.iterdir()} <= {"files", "secret_key"}
