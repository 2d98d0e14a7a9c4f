"""Ids are UUID version 7: made once, ordered by time, by us or by PostgreSQL's `uuidv7()`."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timedelta


def new_id(at: datetime) -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    millis = int(at.timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def before(at: datetime, apart: timedelta) -> uuid.UUID:
    """An id smaller than every UUIDv7 made from `at` on, by clocks at most `apart`."""
    millis = int((at.timestamp() - apart.total_seconds()) * 1000)
    return uuid.UUID(int=max(0, millis) << 80)
