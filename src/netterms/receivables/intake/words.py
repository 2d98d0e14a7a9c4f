"""The words that stand in cells: currencies, document types, states, terms, countries.

Columns of such words have few different values, so each value is understood once, here, and the
answers are joined back in SQL.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from babel import Locale


def bag(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


# ISO 4217 list one, currencies in use (funds and test codes left out).
ISO_CURRENCIES = bag(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN "
    "ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR "
    "ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
    "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES "
    "VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
# The longer word first: "us$" before "$", "美元" before "元".
CURRENCY_WORDS: dict[str, str] = {
    "人民币元": "CNY", "人民币": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR",
    "港元": "HKD", "港币": "HKD", "日元": "JPY", "日币": "JPY", "英镑": "GBP", "新台币": "TWD",
    "台币": "TWD", "新加坡元": "SGD", "新币": "SGD", "澳元": "AUD", "加元": "CAD", "韩元": "KRW",
    "瑞士法郎": "CHF", "卢布": "RUB", "RMB": "CNY", "CNH": "CNY", "US$": "USD", "USD$": "USD",
    "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD",
    "NZ$": "NZD", "R$": "BRL", "CN¥": "CNY", "JP¥": "JPY", "STG": "GBP", "NTD": "TWD",
    "EURO": "EUR", "EUROS": "EUR", "DOLLAR": "USD", "DOLLARS": "USD", "US DOLLAR": "USD",
    "US DOLLARS": "USD", "YUAN": "CNY", "RENMINBI": "CNY", "POUND": "GBP", "POUNDS": "GBP",
    "YEN": "JPY", "人民幣": "CNY", "圆": "CNY", "円": "JPY", "元": "CNY", "块": "CNY", "$": "USD",
    "€": "EUR", "£": "GBP", "¥": "CNY", "₹": "INR", "RS": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "฿": "THB", "₫": "VND", "₱": "PHP", "₪": "ILS", "ZŁ": "PLN", "RM": "MYR",
    "RP": "IDR", "FR": "CHF",
}  # fmt: skip
# Signs that several currencies share, with these: they give way to anything more definite, and a
# firm at home in one of them means its own.
_DOLLARS = bag(
    "USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD XCD "
    "ARS CLP COP DOP MXN UYU"
)
_POUNDS, _YUAN = bag("GBP EGP FKP GIP LBP SDG SHP SSP SYP"), bag("CNY HKD MOP TWD")
_FRANCS = bag("CHF BIF CDF DJF GNF KMF RWF XAF XOF XPF")
SHARED_SIGNS: dict[str, frozenset[str]] = {
    "$": _DOLLARS, "DOLLAR": _DOLLARS, "DOLLARS": _DOLLARS, "¥": bag("CNY JPY"), "元": _YUAN,
    "圆": _YUAN, "块": _YUAN, "£": _POUNDS, "POUND": _POUNDS, "POUNDS": _POUNDS, "FR": _FRANCS,
    "RS": bag("INR LKR MUR NPR PKR SCR"),
}  # fmt: skip

# Words a cell or heading scales its amount with.
UNIT_WORDS: dict[str, int] = {
    "十亿": 1_000_000_000, "千万": 10_000_000, "百万": 1_000_000, "十万": 100_000,
    "亿": 100_000_000, "万": 10_000, "千": 1_000,
}  # fmt: skip

EMPTY_WORDS = (
    "-", "--", "---", "—", "/", "\\", "n/a", "N/A", "#N/A", "NA", "na", "NULL", "null", "None",
    "none", "nan", "NaN", "NaT", "无", "無", "暂无", "(blank)",
)  # fmt: skip
# What a spreadsheet shows for a formula that failed. In a text such a cell says nothing.
FORMULA_ERRORS = (
    "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
    "#GETTING_DATA",
)  # fmt: skip
EMPTY_TEXTS = (*EMPTY_WORDS, *FORMULA_ERRORS)
# A lookup that found nothing may mean no payment date, but never an amount.
NO_AMOUNTS = ("#N/A", *FORMULA_ERRORS)
EMPTY_DATES = (
    "0", "0.0", "00000000", "0000-00-00", "00.00.0000", "00/00/0000", "0001-01-01", "1900-01-00",
    "1900-01-01", "1899-12-30", "1899-12-31", "0000-00-00 00:00:00", "0001-01-01 00:00:00",
    "1900-01-01 00:00:00", "1899-12-30 00:00:00", "未收", "未付", "未收款", "未付款", "未回款",
    "unpaid", "open", "not paid", "pending",
)  # fmt: skip

CREDIT_WORDS = bag(
    "credit creditnote creditmemo creditinvoice cn crn cm cr credmemo arcreditmemo "
    "accreccredit accpaycredit salescreditnote customercreditmemo refund return "
    "salesreturn dg rk g2 re s1 gutschrift 红字发票 红字 红票 负数发票 红冲 冲红 贷项 "
    "贷项通知单 贷项凭证 贷记 贷记单 退款 退货 退货单 销售退货 销售退回 折让 销货退回 "
    "红字应收单"
)
INVOICE_WORDS = bag(
    "invoice inv in i si rv dr rechnung salesinvoice taxinvoice arinvoice customerinvoice "
    "accrec standard standardinvoice debit debitnote debitmemo dn f2 bill sale sales "
    "salesorder d x2 ri openingbalance 发票 销售发票 增值税发票 增值税专用发票 "
    "增值税普通发票 专用发票 普通发票 专票 普票 电子发票 蓝字发票 蓝票 数电票 应收单 "
    "销售 销售出库 销售出库单 销货 销货单 借项 借项通知单 其他应收单 期初"
)
PAYMENT_WORDS = bag(
    "payment pmt receipt dz zp zr rc customerpayment customerreceipt deposit prepayment "
    "journal journalentry generaljournal ab sa zv paymentreceived 收款 收款单 付款 "
    "付款单 回款 预收 预收款 收据 核销 转账 收款凭证"
)
CANCELLED_WORDS = bag(
    "void voided cancelled canceled deleted draft rejected reversed 作废 已作废 取消 "
    "已取消 草稿 已冲销 废弃"
)
OPEN_WORDS = bag(
    "open unpaid outstanding overdue due pastdue notdue pending sent authorised "
    "authorized approved submitted posted notpaid uncleared unsettled notcleared active "
    "late current viewed disputed indispute 争议 有争议 "
    "未收款 未收 未付款 未付 未回款 未结清 未结 未清 未核销 未到账 "
    "未支付 逾期 已逾期 未到期 待收款 待收 待付款 待付 待回款 应收 欠款"
)
CLOSED_WORDS = bag(
    "closed paid cleared settled complete completed paidinfull fullypaid collected "
    "received c 已收款 已收 已付款 已付 已回款 已结清 已结 已清 已核销 已到账 已支付 "
    "结清 付清 已付清 收讫 已收讫 完成 已完成 全部收款 已全部收款 全额收款 回款完毕"
)
PARTIAL_WORDS = bag(
    "partial partiallypaid partpaid partlypaid partpayment 部分收款 部分付款 部分回款 "
    "部分核销 部分结清 部分已收 部分支付"
)
YES_WORDS = bag("1 1.0 true yes y t x 是 √ ✓ 对 有")
NO_WORDS = bag("0 0.0 false no n f 否 × ✗ 没有")

_COUNTRY_WORDS = {
    "usa": "US", "unitedstatesofamerica": "US", "america": "US", "uk": "GB", "england": "GB",
    "greatbritain": "GB", "gbr": "GB", "deu": "DE", "fra": "FR", "chn": "CN", "prc": "CN",
    "can": "CA", "jpn": "JP", "kor": "KR", "korea": "KR", "ind": "IN", "ita": "IT", "esp": "ES",
    "nld": "NL", "holland": "NL", "aus": "AU", "sgp": "SG", "hkg": "HK", "hongkong": "HK",
    "twn": "TW", "taiwan": "TW", "macau": "MO", "mex": "MX", "bra": "BR", "vnm": "VN",
    "vietnam": "VN", "russia": "RU", "rus": "RU", "uae": "AE", "turkey": "TR", "tha": "TH",
    "mys": "MY", "idn": "ID", "pol": "PL", "che": "CH", "aut": "AT", "bel": "BE",
    "中国大陆": "CN", "大陆": "CN", "香港": "HK", "澳门": "MO", "台湾": "TW", "韩国": "KR",
    "南韩": "KR",
}  # fmt: skip


def plain(word: str) -> str:
    """`word` for comparing: half-width, lower case, no spaces or punctuation."""
    word = unicodedata.normalize("NFKC", word).strip().lower()
    if re.fullmatch(r"[\d.]+", word):
        return word
    return re.sub(r"[\s_\-–—./:,()'’]+", "", word)


def currency_code(word: str, home: str = "") -> str:
    """The ISO 4217 code a word or sign stands for, or "".

    `home` is the code that a sign of several currencies stands for where it is one of them.
    """
    word = unicodedata.normalize("NFKC", word).strip().upper().rstrip(".")
    if word in ISO_CURRENCIES:
        return word
    if word in CURRENCY_WORDS:
        return home if home in SHARED_SIGNS.get(word, ()) else CURRENCY_WORDS[word]
    codes = ISO_CURRENCIES & set(re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", word))
    if len(codes) == 1 and len(word) <= 24:  # "USD - US Dollar", "人民币(CNY)"
        return min(codes)
    return ""


def kind_of(word: str) -> str:
    """The kind: "invoice", "credit_note", "payment", "cancelled"; "" when it is not known."""
    key = plain(word)
    for kind, words in (
        ("invoice", INVOICE_WORDS),
        ("credit_note", CREDIT_WORDS),
        ("payment", PAYMENT_WORDS),
        ("cancelled", CANCELLED_WORDS),
    ):
        if key in words:
            return kind
    if "credit" in key or any(w in key for w in ("红字", "红冲", "贷项", "退货", "退款")):
        return "credit_note"
    if "invoice" in key or "发票" in key:
        return "invoice"
    return ""


def yes_means_open(heading: str) -> bool:
    """Whether "yes" under this heading says that the invoice is open (isOpen, 是否未结)."""
    key = plain(heading)
    if any(w in key for w in ("open", "unpaid", "outstanding")):
        return "closed" not in key
    return any(w in key for w in ("未", "欠"))


def status_of(word: str, *, yes_is_open: bool) -> str:
    """The state: "open", "closed", "partial", "cancelled"; "" when it is not known."""
    key = plain(word)
    if key in YES_WORDS:
        return "open" if yes_is_open else "closed"
    if key in NO_WORDS:
        return "closed" if yes_is_open else "open"
    for status, words in (
        ("open", OPEN_WORDS),
        ("closed", CLOSED_WORDS),
        ("partial", PARTIAL_WORDS),
        ("cancelled", CANCELLED_WORDS),
    ):
        if key in words:
            return status
    return ""


_AT_ONCE = bag(
    "cod cash dueonreceipt onreceipt immediate immediately uponreceipt prepaid "
    "cashondelivery 货到付款 现结 现金 款到发货 预付 即付 现款 现款现货 货到即付 "
    "见票即付"
)
_MONTH_END = re.compile(r"月结|月底|月末|eom|end\s*of\s*month|month\s*end")
_MAX_DAYS = 3650


def terms_of(word: str) -> tuple[int, bool] | None:
    """Payment terms as (days, counted from the end of the month), or None when not known.

    "30", "net 30", "2/10 net 30", "30天", "N30" are 30 days; "月结60天", "EOM+60" are 60 days from
    the month's end; "COD" and "due on receipt" are 0 days. Codes such as "NAA8" are not known.
    """
    text = unicodedata.normalize("NFKC", word).strip().lower()
    if plain(text) in _AT_ONCE:
        return 0, False
    text = re.sub(r"^\d+(\.\d+)?\s*%?\s*/?\s*\d+\s*[,;]?\s*(?=n)", "", text)  # the discount: 2/10
    from_month_end = bool(_MONTH_END.search(text))
    rest = re.sub(r"[\s+\-,:;()/]+", " ", _MONTH_END.sub(" ", text)).strip()
    if from_month_end and not rest:
        return (0, True) if text.startswith(("eom", "end", "month")) else None
    found = re.fullmatch(
        r"(?:net|n|terms|t|days|账期|付款|货到|票到|开票后|发票后|收票后|赊销|后)? ?"
        r"(\d{1,4})(?:\.0+)? ?(?:d|days?|tage?|天|日|个?工作日|天内|日内|天付款)?"
        r"(?: ?(?:net|netto|账期|内|付款|后|付))?",
        rest,
    )
    if not found or int(found.group(1)) > _MAX_DAYS:
        return None
    return int(found.group(1)), from_month_end


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    names: dict[str, str] = dict(_COUNTRY_WORDS)
    for language in ("en", "de", "fr", "es", "zh_Hans", "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(plain(name), code)
                names.setdefault(code.lower(), code)
    return names


def country_code(word: str) -> str:
    """The ISO 3166 two-letter code a country's code or name stands for, or ""."""
    return _territories().get(plain(word), "")
