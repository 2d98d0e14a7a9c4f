"""Which encoding a text file is in, what its bytes show, and its text as UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 22
_WINDOW = 1 << 18
# Half the time `in` takes to find two line feeds among a million single ones.
_BLANK_LINE = re.compile(rb"\n\r?\n")
_IN_WORDS = re.compile(
    rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{1,2}(?=[A-Za-z])"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(slots=True)
class Scan:
    """What one pass over the bytes of a file found."""

    utf8: bool = True
    bad_at: int = 0  # where the first byte stands that is not UTF-8
    lines: int = 0
    carriage_returns: bool = False  # other than before a line feed, or not before every one
    blank_lines: bool = False  # before the last line with content
    quotes: bool = False
    nul: bool = False
    formula_text: bool = False  # ="00123", the way to keep zeros in spreadsheet programs


def scan(path: Path) -> Scan:
    """Read `path` once, in pieces, and note what the fast CSV reader must know."""
    result = Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    feeds = returns = pairs = 0
    tail = b"\n"  # a blank first line counts as blank
    end = _content_end(path)
    done = 0
    with path.open("rb") as file:
        while done < end and (chunk := file.read(min(_CHUNK, end - done))):
            if result.utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    result.utf8, result.bad_at = False, max(0, done + error.start)
            # Line ends that two pieces share are looked at apart: joining pieces copies them.
            seam = tail + chunk[:2]
            returned = b"\r" in chunk or b"\r" in seam
            if not result.blank_lines:
                result.blank_lines = bool(_BLANK_LINE.search(seam) or _BLANK_LINE.search(chunk))
            feeds += chunk.count(b"\n")
            if returned:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (tail.endswith(b"\r") and chunk[:1] == b"\n")
            result.quotes = result.quotes or b'"' in chunk
            result.nul = result.nul or b"\0" in chunk
            result.formula_text = result.formula_text or (result.quotes and b'="' in chunk)
            done += len(chunk)
            tail = chunk[-2:]
    result.lines = feeds + 1
    result.carriage_returns = returns != pairs or (pairs not in (0, feeds))
    return result


def _content_end(path: Path) -> int:
    """Position after the last byte that is no line end or blank."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = size
        while at > 0:
            start = max(0, at - _WINDOW)
            file.seek(start)
            left = file.read(at - start).rstrip(b"\r\n")
            if left:
                return start + len(left)
            at = start
    return 0


def detect(path: Path, found: Scan) -> str:
    """The encoding of `path`: by its mark, by its bytes, or by how likely its characters are."""
    with path.open("rb") as file:
        start = file.read(_WINDOW)
        file.seek(max(0, found.bad_at - 2048))
        window = file.read(_WINDOW)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if found.nul:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if max(even, odd) > len(start) // 8:
            return "utf-16-be" if even > odd else "utf-16-le"
    if found.utf8:
        return "utf-8"
    return _legacy(start if found.bad_at < _WINDOW else window)


def _legacy(sample: bytes) -> str:
    """GB18030 where high bytes come in pairs, as Chinese does; else what is likely; else Latin."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    high = sum(map(len, runs))
    # cut at line ends, so that no character is cut in two
    sample = sample[sample.find(b"\n") + 1 : sample.rfind(b"\n")] or sample
    if high and sum(len(run) for run in runs if len(run) == 1) < 0.5 * high:
        if _mostly_han(sample, "gb18030") >= 0.8:
            return "gb18030"
        if _mostly_han(sample, "big5") >= (0.8 if _in_words(sample, high) else 0.6):
            return "big5"
        from charset_normalizer import from_bytes

        best = None if _in_words(sample, high) else from_bytes(sample).best()
        if best is not None and best.encoding.startswith(("big5", "cp9", "euc", "shift", "gb")):
            return best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _in_words(sample: bytes, high: int) -> bool:
    """Whether the high bytes stand in Latin words, one or two beside a letter: Süß, Größe."""
    return 2 * sum(map(len, _IN_WORDS.findall(sample))) >= high


# The commonest characters of business lists; a wrong decoding seldom hits them.
_COMMON = frozenset(
    "的一公司有限金额日期发票号码客户名称编码单据到付款回收币种账合计税价元年月未已应余欠货购商贸易科技"
    "實業股份工程電子材料中国國上海北京深圳广東东州市張王李信用限額發據開戶稱應收餘額幣別總計貨單"
    "位区区县人民天内外大小新华明德安利达成东方南西美食品机械服装进出口集团控建设设备汽车医药化学行"
)


def _mostly_han(sample: bytes, encoding: str) -> float:
    """How likely `sample` is Chinese in `encoding`: 0 when it does not decode or reads oddly."""
    text = sample.decode(encoding, errors="replace")
    wide = [c for c in text if ord(c) > 127]
    if not wide or text.count("�") > max(1, len(wide) // 200):
        return 0.0
    usual = sum("一" <= c <= "鿿" or "　" <= c <= "〿" or "！" <= c <= "￥" for c in wide)
    common = sum(c in _COMMON for c in wide)
    return usual / len(wide) if common >= len(wide) * 0.05 else usual / len(wide) * 0.7


def transcode(path: Path, encoding: str, target: Path) -> bool:
    """Write `path` as UTF-8 with plain line ends to `target`; True when characters were lost."""
    damaged = False
    with (
        path.open(encoding=encoding, errors="replace", newline=None) as source,
        target.open("w", encoding="utf-8", errors="replace", newline="\n") as out,
    ):
        while text := source.read(_CHUNK):
            damaged = damaged or "�" in text
            out.write(text.replace("\0", "").removeprefix("\ufeff"))
    return damaged
