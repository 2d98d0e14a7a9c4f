from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.receivables.ledgers import large_ledger
from tests.faults.victims import Victims, victims


@pytest.fixture(scope="package")
def killed() -> Iterator[Victims]:
    with victims() as found:
        yield found


@pytest.fixture(scope="package")
def twenty_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large_ledger(tmp_path_factory.mktemp("faults") / "ledger.csv", 20_000)
