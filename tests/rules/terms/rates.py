"""Reference rates of the worked examples; those marked there as illustrative are so here."""

from datetime import date
from decimal import Decimal

from netterms.terms.jurisdictions import shipped_rates
from netterms.terms.rates import Rate, table

FAR = date(2027, 12, 31)


def rate(series, day, percent, until=FAR):
    return Rate(series, date.fromisoformat(day), Decimal(percent), until, "example")


EXAMPLES = (
    *shipped_rates(),
    rate("ECB_MRO", "2026-07-01", "2.40"),
    rate("GB_BASE", "2025-12-31", "3.75", date(2026, 6, 30)),
    rate("DE_BASE", "2026-01-01", "1.27"),
    rate("IN_BANK", "2026-01-01", "6.75"),
    rate("ZA_REPO", "2026-01-01", "7.5"),
    rate("CZ_REPO", "2026-01-01", "3.5"),
    rate("NO_POLICY", "2026-01-01", "4"),
    rate("PL_REFERENCE", "2026-01-01", "4"),
    rate("CN_LPR_1Y", "2026-01-01", "3"),
    rate("FR_LEGAL", "2026-01-01", "2.62"),
)
RATES = table(EXAMPLES)
