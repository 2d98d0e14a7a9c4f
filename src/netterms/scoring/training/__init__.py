"""Fitting and measuring scorecards and models. Needs the extra `train`; nothing else here does."""

from __future__ import annotations

from importlib.util import find_spec

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

NEEDED = ("pandas", "sklearn", "lightgbm", "optbinning")
EXTRA = "netterms[train]"


def require_extra() -> None:
    """Refuse, naming the first package that is missing and what to install."""
    for package in NEEDED:
        if find_spec(package) is None:
            raise Refusal(Code.NOT_INSTALLED, value=package, mend=Mend.INSTALL, extra=EXTRA)
