"""What all processes of a server remember for a while: failed sign-ins, codes that were used.

A memory of each process alone would forget them all with the next one that answers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from netterms.store import sql

# Of what is over, as much goes with each that comes.
SWEPT = 10
OVER = "until <= clock_timestamp()"
WRITE = """
insert into remembered (key, value, until) values (%(key)s, %(value)s, %(until)s)
on conflict (key) do update set value = excluded.value, until = excluded.until
"""


class Remembered(BaseCache):
    """Django's cache in a table of the database. Values are JSON: nothing kept can run."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - any JSON
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep it where nothing is kept under that key; of two at once, one does."""
        self._sweep()
        kept = f"{WRITE} where remembered.{OVER}"
        return sql.execute(kept, self._line(key, value, timeout, version)) > 0

    def get(
        self,
        key: str,
        default: Any = None,  # noqa: ANN401 - any value
        version: int | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON
        """What is kept under the key and not over."""
        named = {"key": self.make_and_validate_key(key, version=version)}
        found = sql.row(f"select value from remembered where key = %(key)s and not {OVER}", named)  # noqa: S608
        return default if found is None else found["value"]

    def set(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - any JSON
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep it, whatever was there."""
        self._sweep()
        sql.execute(WRITE, self._line(key, value, timeout, version))

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep what is there for another while."""
        line = self._line(key, None, timeout, version)
        kept = f"update remembered set until = %(until)s where key = %(key)s and not {OVER}"  # noqa: S608
        return sql.execute(kept, line) > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget it."""
        named = {"key": self.make_and_validate_key(key, version=version)}
        return sql.execute("delete from remembered where key = %(key)s", named) > 0

    def clear(self) -> None:
        """Forget everything."""
        sql.execute("delete from remembered")

    def _line(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - any JSON
        timeout: float | None,
        version: int | None,
    ) -> dict[str, Any]:
        ends = self.get_backend_timeout(timeout)
        return {
            "key": self.make_and_validate_key(key, version=version),
            "value": json.dumps(value),
            "until": "infinity" if ends is None else datetime.fromtimestamp(ends, UTC),
        }

    def _sweep(self) -> None:
        sql.execute(
            f"delete from remembered where key in (select key from remembered where {OVER}"  # noqa: S608
            " order by until limit %(most)s for update skip locked)",
            {"most": SWEPT},
        )
