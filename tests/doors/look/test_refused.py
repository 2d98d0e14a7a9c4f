"""A refused form written into its page: the right one of several, with all that was chosen."""

from __future__ import annotations

import re

from netterms.doors.look.refused import Sent, Wrong, filled

WRONG = Wrong(("why",), "Say why", "Say why")


def cap(key: str, limit: str) -> str:
    return (
        f'<details><summary>{key}</summary><form method="post">'
        f'<input type="hidden" name="key" value="{key}"><input name="limit" value="{limit}">'
        '<input name="why" aria-label="Reason"></form></details>'
    )


def sent(**typed: list[str]) -> Sent:
    return Sent("post", "/caps/", typed, [])


def test_of_forms_alike_it_is_the_one_with_the_hidden_values_that_were_sent():
    page = cap("DE", "10") + cap("FR", "5")
    shown = filled(page, "/caps/", sent(key=["FR"], limit=["10"], why=[""]), [WRONG])
    assert shown is not None
    german, french = shown.split("</details>")[:2]
    assert "aria-invalid" not in german
    assert "open" not in german
    assert 'value="10"' in french
    assert "<details open>" in french
    assert re.search(r'name="why"[^>]* aria-invalid="true"', french)


def test_all_of_several_that_were_chosen_stay_chosen():
    options = "".join(f"<option>{name}</option>" for name in "abc")
    page = (
        f'<form method="post"><select name="kinds" multiple>{options}</select>'
        '<input name="why" aria-label="Reason"></form>'
    )
    shown = filled(page, "/caps/", sent(kinds=["a", "c"], why=[""]), [WRONG])
    assert shown is not None
    assert re.findall(r"<option selected[^>]*>(\w)", shown) == ["a", "c"]


def test_a_fold_that_was_closed_twice_is_no_error():
    page = "</details>" + cap("DE", "10")
    shown = filled(page, "/caps/", sent(key=["DE"], limit=["x"], why=[""]), [WRONG])
    assert shown is not None
    assert shown.startswith("</details><details open>")
