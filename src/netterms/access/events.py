"""Facts about sellers, people and keys, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from netterms.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SellerOpened(Event):
    """A seller's book was opened; `subject` is the seller."""

    kind: ClassVar[str] = "access.seller_opened"
    name: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class MemberAdded(Event):
    """A person got a role, or another one; `subject` is the seller."""

    kind: ClassVar[str] = "access.member_added"
    user: int
    role: str


@dataclass(frozen=True, slots=True)
class MemberRemoved(Event):
    """A person no longer works for the seller; `subject` is the seller."""

    kind: ClassVar[str] = "access.member_removed"
    user: int


@dataclass(frozen=True, slots=True)
class KeyCreated(Event):
    """An API key was made; `subject` is the key. Its secret is nowhere."""

    kind: ClassVar[str] = "access.key_created"
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRevoked(Event):
    """An API key no longer opens anything; `subject` is the key."""

    kind: ClassVar[str] = "access.key_revoked"


@dataclass(frozen=True, slots=True)
class KeyRotated(Event):
    """An API key has a new secret; until `old_until` the one before opens too."""

    kind: ClassVar[str] = "access.key_rotated"
    old_until: datetime


@dataclass(frozen=True, slots=True)
class SecondFactorWrong(Event):
    """A person gave a wrong code of the authenticator app; `subject` is the seller."""

    kind: ClassVar[str] = "access.second_factor_wrong"
