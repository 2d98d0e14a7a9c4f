"""How a line of the log is written, and what it never holds."""

from __future__ import annotations

import logging
import re

# A buyer's link opens its page to whoever reads it, and a key the whole book.
_SECRETS = re.compile(r"(?<=/p/)[\w.-]{20,}|(?<=\bnt_live_)[\w-]+|(?<=\bnt_test_)[\w-]+")


class Line(logging.Formatter):
    """A line without what opens doors, also where it stands in the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines."""
        return _SECRETS.sub("***", super().format(record))
