"""Keys of the search: what is typed with a slip still asks for keys that the name has."""

from __future__ import annotations

from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from netterms.buyers import names, search_keys

SELLER, OTHER = UUID(int=1), UUID(int=2)
LETTERS = "abelnorst"
SIGNS = "华中国金银海天龙腾达盛兴隆瑞祥"


@st.composite
def slipped(draw, alphabet: str, least: int) -> tuple[str, str]:
    """A word, and the word with one slip in it."""
    word = draw(st.text(alphabet, min_size=least, max_size=14))
    at = draw(st.integers(0, len(word) - 2))
    before, here, after = word[:at], word[at], word[at + 1 :]
    wrong = draw(st.sampled_from(alphabet))
    ways = [before + after, before + wrong + here + after, before + wrong + after,
            before + after[0] + here + after[1:]]  # fmt: skip
    return word, draw(st.sampled_from(ways))


def has(keys: list[int], groups: search_keys.Groups) -> bool:
    return all(set(group) & set(keys) for group in groups)


@given(slipped(LETTERS, 4))
def test_words_one_slip_apart_share_a_key(pair):
    word, typed = pair
    assert set(search_keys.slips(SELLER, word)) & set(search_keys.slips(SELLER, typed))


@given(slipped(SIGNS, 3))
def test_a_chinese_name_has_all_that_a_name_with_a_slip_asks_in_one_way(pair):
    name, typed = pair
    keys = search_keys.stored(SELLER, name)
    asked = [search_keys.exactly(SELLER, typed), *search_keys.with_slips(SELLER, typed, [])]
    assert any(has(keys, groups) for groups in asked)


@given(st.text(SIGNS, min_size=4, max_size=14), st.data())
def test_a_part_of_a_chinese_name_and_its_sound_ask_for_keys_of_the_name(name, data):
    keys = search_keys.stored(SELLER, name)
    part = name[data.draw(st.integers(0, len(name) - 2)) :]
    assert has(keys, search_keys.exactly(SELLER, part))
    assert has(keys, search_keys.sounding(SELLER, names.latin(name)))


@given(st.lists(st.text(LETTERS, min_size=4, max_size=9), min_size=1, max_size=4))
def test_words_are_found_in_any_order_and_by_how_they_begin(said):
    name = " ".join(said)
    assume(names.core(name) == name)
    keys = search_keys.stored(SELLER, name)
    assert has(keys, search_keys.exactly(SELLER, " ".join(reversed(said))))
    assert has(keys, [search_keys.begun(SELLER, word[:3]) for word in said])


@given(st.text(LETTERS + SIGNS + " ", max_size=30))
def test_sellers_share_no_key_and_nothing_asks_for_every_name(name):
    assert not set(search_keys.stored(SELLER, name)) & set(search_keys.stored(OTHER, name))
    slips = search_keys.with_slips(SELLER, name, [[1]])
    assert [] not in [*slips, *search_keys.sounding_with_slips(SELLER, name)]
