"""Text keeps WCAG 2.1 AA contrast (4.5 to 1) in light, dark and print, and on every chip."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netterms.doors.look as look

CSS = (Path(look.__file__).parent / "static/look/netterms.css").read_text("utf-8")
ROOTS = [
    dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block))
    for block in re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)
]
LIGHT, DARK = ROOTS[0], ROOTS[0] | ROOTS[1]
PRINT = DARK | ROOTS[2]  # also when somebody prints from the dark theme
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("bg", "surface", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")),
    *((tone, "surface") for tone in ("ok", "warn", "bad", "accent")),
    ("accent", "accent-soft"),
    ("accent", "bg"),
    ("accent-ink", "accent"),
]


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_text_is_readable(theme, ink, ground):
    assert _contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("chip", [f"g{k}" for k in range(1, 11)] + ["s1", "s2", "s3", "s4"])
def test_chips_are_readable(chip):
    rule = re.search(rf"\.{chip} \{{ ([^}}]*)\}}", CSS)
    assert rule
    ground = re.search(r"background: (#\w+)", rule[1])
    own = re.search(r"(?<!-)\bcolor: (#\w+)", rule[1])
    assert ground
    default = "#15202d" if chip[0] == "g" else "#2a1a04"
    assert _contrast(own[1] if own else default, ground[1]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_figures_on_the_ageing_bar_are_readable(theme):
    for k in range(6):
        ink = "#ffffff" if k >= 4 else "#15202d"
        assert _contrast(ink, theme[f"age-{k}"]) >= 4.5, k
