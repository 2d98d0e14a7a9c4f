"""Failure models of published studies over annual accounts (SCR-01 to SCR-06).

Each gives its value and zone, or says which line is missing or zero: never a number out of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from statistics import NormalDist

from netterms.kernel.money import exponent
from netterms.kernel.sentence import gettext_noop as _
from netterms.statements.rules import Accounts, rounded

PLACES = 4


class Model(StrEnum):
    """The models, by the name a score is stored and shown under."""

    Z = "altman_z"
    Z_PRIVATE = "altman_z_private"
    Z_SERVICES = "altman_z_services"
    Z_EMERGING = "altman_z_emerging"
    OHLSON = "ohlson_o"
    ZMIJEWSKI = "zmijewski_x"
    PIOTROSKI = "piotroski_f"


class Zone(StrEnum):
    """What a value says. Of Piotroski's F: strong, in between, weak."""

    SAFE = "safe"
    GREY = "grey"
    DISTRESS = "distress"


class Lack(StrEnum):
    """Why a model cannot be computed."""

    MISSING = "missing"
    ZERO = "zero"
    YEAR_BEFORE = "year_before"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Want:
    """A line that keeps a model from being computed, and why."""

    lack: Lack
    item: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A model's value and, where it gives one, its probability of failure (a fraction)."""

    model: Model
    rule: str
    value: Decimal | None = None
    pd: Decimal | None = None
    zone: Zone | None = None
    wants: tuple[Want, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sources leave open.

    `sales_weight`: 0.999 of 1968, or 1.0 in common use. `price_index`: the GNP price level, 1968 =
    100. `per_dollar`: units of the accounts' currency for one US dollar. `zmijewski_current`: its
    sign differs between publications.
    """

    sales_weight: Fraction = Fraction("0.999")
    price_index: Fraction = Fraction(670)
    per_dollar: Fraction | None = None
    zmijewski_current: Fraction = Fraction("0.004")


class _Wanted(Exception):  # noqa: N818 - an answer: what is wanted
    def __init__(self, *wants: Want) -> None:
        super().__init__(wants)
        self.wants = wants


class _Reader:
    """Lines of accounts, flows at the pace of a year; everything lacking is told at once."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    def need(self, *names: str, above_zero: tuple[str, ...] = ()) -> None:
        """Stop unless every line is given and those of `above_zero` are."""
        items = self.accounts.items
        wants = [Want(Lack.MISSING, name) for name in names if name not in items]
        wants += [
            Want(Lack.ZERO, name) for name in above_zero if name in items and items[name] <= 0
        ]
        if wants:
            raise _Wanted(*wants)

    def stock(self, name: str) -> Fraction:
        """What stood at the end of the period."""
        return Fraction(self.accounts.items[name])

    def flow(self, name: str) -> Fraction:
        """What a year brought."""
        return Fraction(self.accounts.items[name] * 12, self.accounts.months)


@dataclass(frozen=True, slots=True)
class Case:
    """What a model may read: these accounts, those of the year before, and the settings."""

    now: Accounts
    before: Accounts | None
    settings: Settings


Computed = tuple[Fraction, Decimal | None, Zone]


def scores(
    accounts: Accounts, before: Accounts | None = None, settings: Settings | None = None
) -> dict[Model, Score]:
    """Every model over the accounts; `before` are those of the year before."""
    case = Case(accounts, before, settings or Settings())
    return {model: _score(model, case) for model in Model}


def _score(model: Model, case: Case) -> Score:
    rule, compute = MODELS[model]
    try:
        value, pd, zone = compute(case)
    except _Wanted as wanted:
        return Score(model, rule, wants=wanted.wants)
    return Score(model, rule, rounded(value, PLACES), pd, zone)


def _zone(value: Fraction, safe_above: str, distress_below: str) -> Zone:
    if value > Fraction(safe_above):
        return Zone.SAFE
    return Zone.DISTRESS if value < Fraction(distress_below) else Zone.GREY


def _altman(
    case: Case, weights: Mapping[str, Fraction], equity: str, *, sales: bool = True
) -> Fraction:
    reader = _Reader(case.now)
    lines = ("total_assets", "current_assets", "current_liabilities", "retained_earnings", "ebit",
             "total_liabilities", equity, *(("revenue",) if sales else ()))  # fmt: skip
    reader.need(*lines, above_zero=("total_assets", "total_liabilities"))
    assets = reader.stock("total_assets")
    terms = {
        "capital": (reader.stock("current_assets") - reader.stock("current_liabilities")) / assets,
        "earned": reader.stock("retained_earnings") / assets,
        "ebit": reader.flow("ebit") / assets,
        "equity": reader.stock(equity) / reader.stock("total_liabilities"),
    }
    if sales:
        terms["sales"] = reader.flow("revenue") / assets
    return sum((weights[name] * value for name, value in terms.items()), Fraction(0))


def _weights(
    capital: str, earned: str, ebit: str, equity: str, sales: str = "0"
) -> dict[str, Fraction]:
    texts = {"capital": capital, "earned": earned, "ebit": ebit, "equity": equity, "sales": sales}
    return {name: Fraction(text) for name, text in texts.items()}


LISTED = _weights("1.2", "1.4", "3.3", "0.6")
PRIVATE = _weights("0.717", "0.847", "3.107", "0.420", "0.998")
SERVICES = _weights("6.56", "3.26", "6.72", "1.05")
EMERGING_CONSTANT = Fraction("3.25")


def _z(case: Case) -> Computed:
    value = _altman(case, LISTED | {"sales": case.settings.sales_weight}, "market_value")
    return value, None, _zone(value, "2.99", "1.81")


def _z_private(case: Case) -> Computed:
    value = _altman(case, PRIVATE, "equity")
    return value, None, _zone(value, "2.90", "1.23")


def _z_services(case: Case) -> Computed:
    value = _altman(case, SERVICES, "equity", sales=False)
    return value, None, _zone(value, "2.60", "1.10")


def _z_emerging(case: Case) -> Computed:
    value = _altman(case, SERVICES, "equity", sales=False) + EMERGING_CONSTANT
    return value, None, _zone(value, "5.85", "4.35")


def _ohlson(case: Case) -> Computed:
    reader = _Reader(case.now)
    reader.need(
        *("total_assets", "total_liabilities", "current_assets", "current_liabilities"),
        *("net_income", "depreciation_amortisation"),
        above_zero=("total_assets", "total_liabilities", "current_assets"),
    )
    before = _before(case, "net_income")
    dollars = _dollars(case)
    assets, debts = reader.stock("total_assets"), reader.stock("total_liabilities")
    current, short = reader.stock("current_assets"), reader.stock("current_liabilities")
    income, income_before = reader.flow("net_income"), before.flow("net_income")
    funds = income + reader.flow("depreciation_amortisation")
    size = _ln(dollars / case.settings.price_index)
    moved = abs(income) + abs(income_before)
    value = (
        Fraction("-1.32")
        - Fraction("0.407") * size
        + Fraction("6.03") * debts / assets
        - Fraction("1.43") * (current - short) / assets
        + Fraction("0.0757") * short / current
        - Fraction("1.72") * (debts > assets)
        - Fraction("2.37") * income / assets
        - Fraction("1.83") * funds / debts
        + Fraction("0.285") * (income < 0 and income_before < 0)
        - (Fraction("0.521") * (income - income_before) / moved if moved else 0)
    )
    with localcontext(prec=40):
        odds = _decimal(value).exp()
        pd = rounded(Fraction(odds / (1 + odds)), PLACES)
    # Above one half it predicts failure: of odds, above one; of their logarithm, above zero.
    return value, pd, Zone.DISTRESS if value > 0 else Zone.SAFE


def _before(case: Case, *names: str) -> _Reader:
    if case.before is None or case.before.currency != case.now.currency:
        raise _Wanted(Want(Lack.YEAR_BEFORE))
    absent = [name for name in names if name not in case.before.items]
    if absent:
        raise _Wanted(*(Want(Lack.YEAR_BEFORE, name) for name in absent))
    return _Reader(case.before)


def _dollars(case: Case) -> Fraction:
    """Total assets in US dollars."""
    rate = Fraction(1) if case.now.currency == "USD" else case.settings.per_dollar
    if not rate:
        raise _Wanted(Want(Lack.RATE))
    return Fraction(case.now.items["total_assets"]) / int(10 ** exponent(case.now.currency)) / rate


def _ln(value: Fraction) -> Fraction:
    with localcontext(prec=40):
        return Fraction(_decimal(value).ln())


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _zmijewski(case: Case) -> Computed:
    reader = _Reader(case.now)
    reader.need(
        *("total_assets", "total_liabilities", "current_assets", "current_liabilities"),
        "net_income",
        above_zero=("total_assets", "current_liabilities"),
    )
    assets = reader.stock("total_assets")
    return zmijewski(
        reader.flow("net_income") / assets,
        reader.stock("total_liabilities") / assets,
        reader.stock("current_assets") / reader.stock("current_liabilities"),
        case.settings,
    )


def zmijewski(income: Fraction, debts: Fraction, current: Fraction, settings: Settings) -> Computed:
    """SCR-05 of net income and liabilities to assets, and the current ratio."""
    value = (
        Fraction("-4.336")
        - Fraction("4.513") * income
        + Fraction("5.679") * debts
        + settings.zmijewski_current * current
    )
    pd = rounded(Fraction(NormalDist().cdf(float(value))), PLACES)
    return value, pd, Zone.DISTRESS if value > 0 else Zone.SAFE


PIOTROSKI_LINES = (
    "total_assets", "net_income", "operating_cash_flow", "long_term_debt", "current_assets",
    "current_liabilities", "shares_outstanding", "gross_profit", "revenue",
)  # fmt: skip
PIOTROSKI_BOTTOMS = ("total_assets", "current_liabilities", "revenue")
PIOTROSKI_BEFORE = tuple(name for name in PIOTROSKI_LINES if name != "operating_cash_flow")


def _piotroski(case: Case) -> Computed:
    now = _Reader(case.now)
    now.need(*PIOTROSKI_LINES, above_zero=PIOTROSKI_BOTTOMS)
    before = _before(case, *PIOTROSKI_BEFORE)
    before.need(above_zero=PIOTROSKI_BOTTOMS)
    points = sum(piotroski_points(now, before).values())
    zone = Zone.SAFE if points >= 8 else Zone.DISTRESS if points <= 2 else Zone.GREY
    return Fraction(points), None, zone


def piotroski_points(now: _Reader, before: _Reader) -> dict[str, bool]:
    """The nine tests; a tie gives no point."""

    def share(reader: _Reader, top: Fraction, bottom: str) -> Fraction:
        below = reader.flow(bottom) if bottom == "revenue" else reader.stock(bottom)
        return top / below

    def change(top: Callable[[_Reader], Fraction], bottom: str) -> Fraction:
        return share(now, top(now), bottom) - share(before, top(before), bottom)

    earned = share(now, now.flow("net_income"), "total_assets")
    cash = share(now, now.flow("operating_cash_flow"), "total_assets")
    return {
        "earns": earned > 0,
        "brings_cash": cash > 0,
        "earns_more": change(lambda r: r.flow("net_income"), "total_assets") > 0,
        "cash_above_earnings": cash > earned,
        "less_long_term_debt": change(lambda r: r.stock("long_term_debt"), "total_assets") < 0,
        "more_liquid": change(lambda r: r.stock("current_assets"), "current_liabilities") > 0,
        "no_new_shares": now.stock("shares_outstanding") <= before.stock("shares_outstanding"),
        "better_margin": change(lambda r: r.flow("gross_profit"), "revenue") > 0,
        "faster_turnover": change(lambda r: r.flow("revenue"), "total_assets") > 0,
    }


MODELS: dict[Model, tuple[str, Callable[[Case], Computed]]] = {
    Model.Z: ("SCR-01", _z),
    Model.Z_PRIVATE: ("SCR-02", _z_private),
    Model.Z_SERVICES: ("SCR-03", _z_services),
    Model.Z_EMERGING: ("SCR-03", _z_emerging),
    Model.OHLSON: ("SCR-04", _ohlson),
    Model.ZMIJEWSKI: ("SCR-05", _zmijewski),
    Model.PIOTROSKI: ("SCR-06", _piotroski),
}


# Which of Altman's models fits the firm

# The advanced economies of the International Monetary Fund's World Economic Outlook.
ADVANCED_CODES = (
    "AD AT AU BE CA CH CY CZ DE DK EE ES FI FR GB GR HK HR IE IL IS IT JP KR LT LU LV MO MT NL NO"
    " NZ PR PT SE SG SI SK SM TW US"
)
ADVANCED = frozenset(ADVANCED_CODES.split())
MANUFACTURING_WORDS = ("manufactur", "fabrik", "制造", "加工", "工业", "工厂")
FIRST_DIVISION, LAST_DIVISION = 10, 33


@dataclass(frozen=True, slots=True)
class Firm:
    """Facts that choose the model: country (ISO 3166), line of business, whether it is listed."""

    country: str = ""
    sector: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The model of Altman's that fits, and why, as a sentence to translate."""

    model: Model
    why: str


EMERGING = _("its country is an emerging market")
SERVICE = _("it is no manufacturer")
SECTOR_UNKNOWN = _("its line of business is not known, and this model holds for every one")
LISTED_MAKER = _("it is a manufacturer with a market value")
PRIVATE_MAKER = _("it is a manufacturer without a market value")


def fitting(firm: Firm) -> Choice:
    """The Altman model that was made for such firms; the same accounts differ by model."""
    if firm.country and firm.country not in ADVANCED:
        return Choice(Model.Z_EMERGING, EMERGING)
    maker = is_manufacturer(firm.sector)
    if maker is None:
        return Choice(Model.Z_SERVICES, SECTOR_UNKNOWN)
    if not maker:
        return Choice(Model.Z_SERVICES, SERVICE)
    return Choice(Model.Z, LISTED_MAKER) if firm.listed else Choice(Model.Z_PRIVATE, PRIVATE_MAKER)


def is_manufacturer(sector: str) -> bool | None:
    """Whether a line of business is manufacturing: by word, or a code of NACE, ISIC or GB/T 4754.

    Section C, or a bare code of the divisions 10 to 33. None where nothing is said.
    """
    told = sector.strip().lower()
    if not told:
        return None
    digits = told.lstrip("c").replace(".", "")
    if told == "c" or (told.startswith("c") and digits.isdigit()):
        return True
    if digits.isdigit() and len(digits) >= 2:
        return FIRST_DIVISION <= int(digits[:2]) <= LAST_DIVISION
    return any(word in told for word in MANUFACTURING_WORDS)
