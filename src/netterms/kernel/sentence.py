"""Marks sentences for translation in pure modules, which may not import Django."""

from __future__ import annotations


def gettext_noop(sentence: str) -> str:
    """`sentence` itself. The name is what the message extractor looks for; a door translates."""
    return sentence
