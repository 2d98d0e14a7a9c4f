"""Names of companies, made comparable: one spelling, the core without the legal form, likeness.

Scripts other than Chinese, Japanese and Korean are written in Latin letters. Those three stay as
they are, for their characters tell more than their sound; against a Latin name they are spelt out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from anyascii import anyascii
from cleanco.termdata import terms_by_country, terms_by_type
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

# Han, kana, Hangul and the marks that stand among them; the middle dot of kana is no letter.
CJK = "々〆〇ぁ-ゖゝゞァ-ヺー-ヿ㐀-䶿一-鿿豈-﫿가-힣\U00020000-\U0003ffff"
INITIALS = re.compile(r"(?<!\w)(?:\w\.){2,}(?:\w(?!\w))?")
WORD = re.compile(f"[{CJK}]+|[a-z0-9]+")
IS_CJK = re.compile(f"[{CJK}]")
# A bracketed short form is no word of its own: (株) would be read as the character alone.
SHORT_FORMS = str.maketrans(
    {"㈱": "株式会社", "㈲": "有限会社", "㈜": "주식회사", "㍿": "株式会社"}
)
BRACKETED = {"(株)": "株式会社", "(有)": "有限会社", "(주)": "주식회사", "(유)": "유한회사"}

# Legal forms in the script they are written in, the longest first where one ends on another.
# A group (集团) is no legal form: it is another company than its members.
CJK_FORMS = [
    "股份有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "股份公司",
    "有限公司",
    "株式会社",
    "株式會社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "유한책임회사",
    "주식회사",
    "유한회사",
    "합자회사",
    "합명회사",
]
# What the list of legal forms lacks or spells in one way only, as whole words in Latin letters.
FORMS = """
aktiengesellschaft|akg|gesellschaft mit beschrankter haftung|gmbh co kg|gmbh and co kg|gmbh and co
gmbh co|mbh|ug haftungsbeschrankt|kommanditgesellschaft|ag and co kg|ag and co kgaa|se|se and co kg
se and co kgaa|ohg|egbr|eg|partgmbb|sas|sasu|sarl|eurl|sci|scop|scrl|bv|nv|srl|sro|spol sro|as|spa
sapa|snc|sapi de cv|sab de cv|sa de cv|sapi|s de rl de cv|s de rl|sl|slu|sau|societe anonyme
societe par actions simplifiee|sociedad anonima|sociedad limitada|sociedade anonima
societa a responsabilita limitata|societa per azioni|societatea cu raspundere limitata
sp zoo|spzoo|sp z oo|spolka z ograniczona odpowiedzialnoscia|spolka akcyjna|sp k|doo|dd|kft|zrt|nyrt
sti|ltd sti|as|anonim sirketi|limited sirketi|sanayi ve ticaret as|san ve tic as|san tic as
san ve tic ltd sti|ooo|oao|ao|zao|pao|oojsc|jsc|ojsc|pjsc|cjsc|joint stock company
open joint stock company|public joint stock company|closed joint stock company
limited liability company|public limited company|private limited|pvt ltd|pvt|private ltd|pty|pty ltd
pty limited|pte ltd|pte limited|co ltd|co limited|company limited|company ltd|corporation limited
llc|lllp|pc|plc|corp|incorporated|sa|nv sa|sa nv|oyj|abp|aps|asa|ehf|hf|kk|gk|yk|kabushiki kaisha
kabushiki gaisha|godo kaisha|tbk|pt|eireli|me|epp|s a|psc|pjsc|fzco|fze|fz llc|dmcc|wll|spc|saog
""".replace("\n", "|").split("|")
# In the list, but words or names of places as often as legal forms.
NO_FORMS = {
    "uk",
    "ok",
    "etat",
    "ent",
    "coop",
    "et",
    "ep",
    "sp",
    "fa",
    "ud",
    "gp",
    "is",
    "e i",
    "ei",
}
LEADING_FORMS = """
ooo|oao|ao|zao|pao|tov|uab|sia|pt|jsc|ojsc|pjsc|cjsc|srl|limited liability company
joint stock company|open joint stock company|public joint stock company|closed joint stock company
aktsionernoe obshchestvo|obshchestvo s ogranichennoy otvetstvennostyu
societatea cu raspundere limitata
""".replace("\n", "|").split("|")
LEADING_ARTICLES = {"the"}
LONGEST_FORM = 6
# Short forms of words, and words that only join: a likeness sees them as one.
SAME_WORDS = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth",
    "intl": "international", "natl": "national", "mfg": "manufacturing", "mgmt": "management",
    "bros": "brothers", "gebr": "gebruder", "svc": "service", "svcs": "services",
    "und": "and", "et": "and", "y": "and", "e": "and", "i": "and", "og": "and", "och": "and",
}  # fmt: skip
# The second fund, plant or company of a name is another one than the first.
ROMAN = ["ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]
NUMERAL = re.compile(rf"(?:\d+|{'|'.join(ROMAN)})")
OTHER_NUMERALS = 80
# Characters that sound alike: mostly the long and the short forms of Chinese.
SAME_SOUND = 95
# All that was typed is a part of the name.
PART_FOUND = 95
# Below this two words are two words; words shorter than these letters are only like themselves.
LEAST_WORD, SHORT_WORD = 0.72, 4
MOST_KEPT = 100_000


class _Letters(dict[int, str]):
    """A character's place in the one spelling, worked out when it is first met."""

    def __missing__(self, point: int) -> str:
        sign = chr(point)
        if IS_CJK.match(sign):
            spelt = sign
        elif unicodedata.combining(sign) or sign in "'’ʼʹ`´‘":
            spelt = ""
        elif sign in "&+＆":
            spelt = " and "
        else:
            spelt = anyascii(sign).lower().replace("'", "")
        self[point] = spelt
        return spelt


_LETTERS = _Letters()


@lru_cache(MOST_KEPT)
def folded(name: str) -> str:
    """The name in one spelling: width, case, marks, punctuation and spaces make no difference.

    `S.A.`, `S. A.` and `SA` are one word, as are `A&B` and `A and B` one phrase.
    """
    plain = name.translate(SHORT_FORMS)
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    if "(" in plain:
        for short, long in BRACKETED.items():
            plain = plain.replace(short, long)
    plain = INITIALS.sub(lambda found: found[0].replace(".", ""), plain)
    return " ".join(_joined(WORD.findall(plain.translate(_LETTERS))))


def _joined(words: list[str]) -> list[str]:
    """Words with single letters in a row as one; Chinese, Japanese and Korean without spaces."""
    found: list[str] = []
    open_kind = ""
    for word in words:
        kind = "cjk" if IS_CJK.match(word) else ("letter" if _is_letter(word) else "")
        if kind and kind == open_kind:
            found[-1] += word
        else:
            found.append(word)
        open_kind = kind
    return found


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


@lru_cache(MOST_KEPT)
def core(name: str) -> str:
    """The folded name without its legal form; a name that is nothing else stays."""
    words = folded(name).split(" ")
    while (shorter := _without_form(words)) != words:
        words = shorter
    return " ".join(words)


def _without_form(words: list[str]) -> list[str]:
    if (shorter := _without_cjk_form(words)) != words:
        return shorter
    if len(words) > 1 and words[0] in LEADING_ARTICLES:
        return words[1:]
    ending, leading = _forms()
    for size in range(min(len(words) - 1, LONGEST_FORM), 0, -1):
        if tuple(words[-size:]) in ending:
            return words[:-size]
        if tuple(words[:size]) in leading:
            return words[size:]
    return words


def _without_cjk_form(words: list[str]) -> list[str]:
    first, last = words[0], words[-1]
    for form in CJK_FORMS:
        if last.endswith(form):
            kept = [*words[:-1], last.removesuffix(form)]
        elif first.startswith(form):
            kept = [first.removeprefix(form), *words[1:]]
        else:
            continue
        return [word for word in kept if word] or words
    return words


@cache
def _forms() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """Legal forms that end a name, and those that stand before it, as folded words."""
    listed = {
        term for by in (terms_by_type, terms_by_country) for some in by.values() for term in some
    }
    ending = {folded(term) for term in [*listed, *FORMS]} - NO_FORMS - {""}
    leading = {folded(term) for term in LEADING_FORMS} - {""}
    return (
        frozenset(tuple(form.split(" ")) for form in ending),
        frozenset(tuple(form.split(" ")) for form in leading),
    )


def tokens(name: str) -> tuple[str, ...]:
    """Words of the core, in order; a run of Chinese, Japanese or Korean is one word."""
    return tuple(word for word in core(name).split(" ") if word)


@lru_cache(MOST_KEPT)
def latin(name: str) -> str:
    """The core in Latin letters throughout: `华为` as `huawei`."""
    said = core(name)
    return said if said.isascii() else " ".join(WORD.findall(anyascii(said).lower()))


def similarity(one: str, other: str) -> int:
    """How alike two names are, 0 to 100: 100 is one core. Order of words does not matter.

    A word counts by its length, and pairs with the likest word of the other name; a word without
    a partner takes away as much as it is long, so `Bank of China` is not `Bank of Chad`.
    """
    a, b = core(one), core(other)
    if not a or not b:
        return 0
    if a == b:
        return 100
    if bool(IS_CJK.search(a)) != bool(IS_CJK.search(b)):
        a, b = latin(one), latin(other)
    elif latin(one) == latin(other):
        return SAME_SOUND
    ours, theirs = _spelt_out(a), _spelt_out(b)
    most = 99 if _numerals(ours) == _numerals(theirs) else OTHER_NUMERALS
    # Names differ in where their words end, too; written together a slip weighs double.
    glued = OSA.normalized_similarity("".join(ours), "".join(theirs)) ** 2
    return min(most, round(100 * max(_by_words(ours, theirs), glued)))


def _spelt_out(name: str) -> list[str]:
    return [SAME_WORDS.get(word, word) for word in name.split(" ")]


def _numerals(words: list[str]) -> set[str]:
    return {word for word in words if NUMERAL.fullmatch(word)}


def _by_words(ours: list[str], theirs: list[str]) -> float:
    pairs = sorted(
        (
            (alike, i, j)
            for i, word in enumerate(ours)
            for j, other in enumerate(theirs)
            if (alike := _alike(word, other)) >= LEAST_WORD
        ),
        reverse=True,
    )
    matched, used, taken = 0.0, set[int](), set[int]()
    for alike, i, j in pairs:
        if i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            matched += alike * (len(ours[i]) + len(theirs[j]))
    return matched / (sum(map(len, ours)) + sum(map(len, theirs)))


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if IS_CJK.match(word) or IS_CJK.match(other):
        return OSA.normalized_similarity(word, other)
    if min(len(word), len(other)) < SHORT_WORD:
        return 0.0
    return JaroWinkler.similarity(word, other)


def part(some: str, name: str) -> int:
    """How much of what somebody typed is in a name, 0 to 95: words may be begun only."""
    a, b = core(some), core(name)
    if not a.isascii() or not b.isascii():
        if a in b:
            return PART_FOUND
        a, b = latin(some), latin(name)
        # Where the words of a sound end is a matter of taste; a slip weighs double, as above.
        a, b = a.replace(" ", ""), b.replace(" ", "")
        sounds = fuzz.partial_ratio(a, b) / 100 * min(1, len(b) / max(1, len(a)))
        return round(PART_FOUND * sounds**2)
    typed, words = _spelt_out(a), _spelt_out(b)
    found = sum(len(one) * max(_begun(one, word) for word in words) for one in typed)
    return round(PART_FOUND * found / max(1, sum(map(len, typed))))


def _begun(typed: str, word: str) -> float:
    return 1.0 if word.startswith(typed) else max(0.0, 2 * _alike(typed, word) - 1)
