"""What one pass over a file's bytes finds does not depend on where its pieces are cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from netterms.receivables.intake import encoding


@pytest.mark.parametrize(
    ("content", "blank"),
    [
        (b"a;b\n1;2\n3;4\n", False),
        (b"a;b\n1;2\n\n3;4\n", True),
        (b"a;b\r\n1;2\r\n3;4\r\n", False),
        (b"a;b\r\n1;2\r\n\r\n3;4\r\n", True),
        (b"\na;b\n1;2\n", True),
        (b"a;b\n1;2\n\n\n", False),  # only line ends follow: no blank line between rows
        ("ä;b\n1;2\n\n3;4\n".encode(), True),
    ],
)
def test_blank_lines_and_line_ends_are_found_wherever_a_piece_ends(
    content: bytes, blank: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    whole = encoding.scan(path)
    assert whole.blank_lines is blank
    assert whole.utf8
    for size in range(2, len(content)):
        monkeypatch.setattr(encoding, "_CHUNK", size)
        assert encoding.scan(path) == whole
