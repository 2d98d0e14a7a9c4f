"""Facts of letters, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LetterWritten(Event):
    """A letter was written; `subject` is the buyer. `sha256` is that of its PDF."""

    kind: ClassVar[str] = "collection.letter_written"
    letter: UUID
    template: str
    language: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LetterSent(Event):
    """A letter left by e-mail; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.letter_sent"
    letter: UUID
    to: str


@dataclass(frozen=True, slots=True)
class LetterPosted(Event):
    """A person put a printed letter in the post; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.letter_posted"
    letter: UUID


@dataclass(frozen=True, slots=True)
class LetterFailed(Event):
    """A letter did not leave; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.letter_failed"
    letter: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LetterheadChanged(Event):
    """Who letters are from changed; `subject` is the seller."""

    kind: ClassVar[str] = "collection.letterhead_changed"
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BuyerLettersChanged(Event):
    """What counts for letters to a buyer changed; `subject` is the buyer."""

    kind: ClassVar[str] = "collection.buyer_letters_changed"
    before: dict[str, Any]
    after: dict[str, Any]
