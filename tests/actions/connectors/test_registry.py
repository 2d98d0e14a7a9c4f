"""Registers of companies, against a server that replays answers as their documentation has them."""

from __future__ import annotations

import base64
import json
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from netterms.buyers.insolvency import NoticeKind, state_kind
from netterms.buyers.ports import RegistryError
from netterms.connectors.registry import open_registry
from netterms.connectors.registry.asking import MOST_BYTES, TRIES, Asking
from netterms.connectors.registry.companies_house import CompaniesHouse
from netterms.connectors.registry.file import FileRegistry
from netterms.connectors.registry.gleif import Gleif
from netterms.kernel.clock import FixedClock
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import read_config

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
LEI = "5493001KJTIIGC8Y1R12"
RECORD = {
    "type": "lei-records",
    "id": LEI,
    "attributes": {
        "lei": LEI,
        "entity": {
            "legalName": {"name": "Nordwind Handels GmbH", "language": "de"},
            "otherNames": [{"name": "Nordwind Trading", "type": "TRADING_OR_OPERATING_NAME"}],
            "transliteratedOtherNames": [{"name": "Nordwind Handel", "language": "en"}],
            "legalAddress": {
                "addressLines": ["Hafenstr. 1", "Haus B"],
                "city": "Hamburg",
                "country": "DE",
                "postalCode": "20457",
            },
            "registeredAs": "HRB 4711",
            "status": "ACTIVE",
            "creationDate": "1999-05-03T00:00:00Z",
        },
        "registration": {"status": "ISSUED"},
    },
}
PROFILE = {
    "company_name": "NORTHWIND TRADING LIMITED",
    "company_number": "00445790",
    "company_status": "active",
    "date_of_creation": "1947-11-27",
    "previous_company_names": [{"name": "BOREAS LIMITED", "ceased_on": "1990-01-01"}],
    "registered_office_address": {
        "address_line_1": "1 Harbour Road",
        "locality": "London",
        "postal_code": "E1 1AA",
        "country": "England",
    },
}
ITEM = {
    "title": "NORTHWIND TRADING LIMITED",
    "company_number": "00445790",
    "company_status": "active",
    "date_of_creation": "1947-11-27",
    "address": {"premises": "1", "address_line_1": "Harbour Road", "postal_code": "E1 1AA"},
}


class Register:
    """A server of answers: the first of a path's list is given, the last again and again."""

    def __init__(self):
        self.answers, self.asked = {}, []
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = urlsplit(self.path)
                register.asked.append(
                    (
                        path.path,
                        parse_qs(path.query),
                        {k.lower(): v for k, v in self.headers.items()},
                    )
                )
                answers = register.answers.get(path.path, [(404, {}, b"{}")])
                status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def say(self, path, *answers):
        self.answers[path] = [
            (status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())
            for status, headers, body in answers
        ]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def register():
    found = Register()
    yield found
    found.close()


@pytest.fixture
def slept():
    return []


@pytest.fixture
def asking(tmp_path, slept):
    def make(key="", now=NOW, per_minute=1_000_000):
        return Asking(
            tmp_path, key=key, per_minute=per_minute, clock=FixedClock(now), sleep=slept.append
        )

    return make


def test_gleif_tells_who_is_behind_a_number(register, asking):
    register.say(f"/lei-records/{LEI}", (200, {}, {"data": RECORD}))
    found = Gleif(asking(), register.url).by_number(f" {LEI.lower()}")
    assert found is not None
    assert (found.name, found.number, found.kind) == ("Nordwind Handels GmbH", LEI, "lei")
    assert (found.country, found.registration, found.status) == ("DE", "HRB 4711", "ACTIVE")
    assert found.other_names == ("Nordwind Trading", "Nordwind Handel")
    assert (found.founded_on, found.city) == (date(1999, 5, 3), "Hamburg")
    assert found.address == "Hafenstr. 1, Haus B"


def test_gleif_looks_for_a_name_in_a_country(register, asking):
    register.say("/lei-records", (200, {}, {"data": [RECORD], "meta": {}}))
    [found] = Gleif(asking(), register.url).by_name("Nordwind & Söhne", "DE", 5)
    assert found.number == LEI
    [(_, query, headers)] = register.asked
    assert query == {
        "filter[entity.legalName]": ["Nordwind & Söhne"],
        "filter[entity.legalAddress.country]": ["DE"],
        "page[size]": ["5"],
    }
    assert headers["accept"].startswith("application/vnd.api+json")


def test_a_number_that_cannot_be_is_not_asked_for(register, asking):
    for registry, number in (
        (Gleif(asking(), register.url), "5493001KJTIIGC8Y1R13"),
        (CompaniesHouse(asking("k"), register.url), "no number"),
    ):
        with pytest.raises(Refusal) as refused:
            registry.by_number(number)
        assert refused.value.facts["field"] == "identifier"
    assert register.asked == []


def test_companies_house_is_asked_with_the_key_as_user(register, asking, tmp_path):
    register.say("/company/00445790", (200, {}, PROFILE))
    register.say("/search/companies", (200, {}, {"items": [ITEM]}))
    house = CompaniesHouse(asking("secret-key"), register.url)
    found = house.by_number("445790")
    assert found is not None
    assert (found.name, found.status) == ("NORTHWIND TRADING LIMITED", "active")
    assert (found.other_names, found.founded_on) == (("BOREAS LIMITED",), date(1947, 11, 27))
    [listed] = house.by_name("northwind", most=3)
    assert (listed.number, listed.address) == ("00445790", "1, Harbour Road")
    told = {headers["authorization"] for _, _, headers in register.asked}
    assert told == {"Basic " + base64.b64encode(b"secret-key:").decode()}
    assert house.by_name("northwind", "DE") == []
    assert not any("secret-key" in file.read_text() for file in tmp_path.iterdir())


def test_an_answer_is_asked_for_once_a_day(register, asking):
    register.say(f"/lei-records/{LEI}", (200, {}, {"data": RECORD}))
    first = Gleif(asking(), register.url).by_number(LEI)
    assert Gleif(asking(now=NOW + timedelta(hours=23)), register.url).by_number(LEI) == first
    assert len(register.asked) == 1
    Gleif(asking(now=NOW + timedelta(hours=25)), register.url).by_number(LEI)
    assert len(register.asked) == 2


def test_what_is_not_there_is_none_and_kept_too(register, asking):
    gleif = Gleif(asking(), register.url)
    assert gleif.by_number(LEI) is None
    assert gleif.by_number(LEI) is None
    assert len(register.asked) == 1


@pytest.mark.parametrize(
    ("told", "waits"),
    [("7", 7), ("Mon, 01 Jun 2026 09:00:30 GMT", 30), ("soon", 1), (None, 1)],
)
def test_a_busy_register_says_when_to_come_again(register, asking, slept, told, waits):
    busy = (429, {"retry-after": told} if told else {}, {})
    register.say(f"/lei-records/{LEI}", busy, (200, {}, {"data": RECORD}))
    assert Gleif(asking(), register.url).by_number(LEI) is not None
    assert [round(s) for s in slept if s >= 1] == [waits]


def test_companies_house_says_when_its_five_minutes_begin_anew(register, asking, slept):
    reset = str(int(NOW.timestamp()) + 20)
    busy = (429, {"x-ratelimit-remain": "0", "x-ratelimit-reset": reset}, {})
    register.say("/company/00445790", busy, (200, {}, PROFILE))
    assert CompaniesHouse(asking("k"), register.url).by_number("445790") is not None
    assert [round(s) for s in slept if s >= 1] == [20]


@pytest.mark.parametrize("number", ["RS007CUS", "IP27540R", "SL12345A", "SC123456"])
def test_societies_and_partnerships_have_numbers_that_end_in_letters(register, asking, number):
    register.say(f"/company/{number}", (200, {}, PROFILE | {"company_number": number}))
    found = CompaniesHouse(asking("k"), register.url).by_number(number.lower())
    assert found.number == number


def test_a_proposal_to_strike_off_is_told_beside_the_state(register, asking):
    detail = {"company_status_detail": "active-proposal-to-strike-off"}
    register.say("/company/00445790", (200, {}, PROFILE | detail))
    found = CompaniesHouse(asking("k"), register.url).by_number("445790")
    assert (found.status, found.status_detail) == ("active", "active-proposal-to-strike-off")
    assert state_kind(found.status, found.status_detail) is NoticeKind.SIGN


@pytest.mark.parametrize(
    ("cases", "detail", "kind"),
    [
        (["members-voluntary-liquidation"], "members-voluntary-liquidation", NoticeKind.SIGN),
        (["creditors-voluntary-liquidation"], "creditors-voluntary-liquidation", NoticeKind.OPENED),
        (["corporate-voluntary-arrangement", "compulsory-liquidation"], "compulsory-liquidation",
         NoticeKind.OPENED),
        # The members began it, and creditors took it over.
        (["members-voluntary-liquidation", "creditors-voluntary-liquidation"],
         "creditors-voluntary-liquidation", NoticeKind.OPENED),
        ([], "", NoticeKind.OPENED),
        (None, "", NoticeKind.OPENED),
    ],
)  # fmt: skip
def test_a_solvent_liquidation_is_no_insolvency(register, asking, cases, detail, kind):
    """The status alone says `liquidation`; what the cases do not tell counts as the worst."""
    register.say("/company/00445790", (200, {}, PROFILE | {"company_status": "liquidation"}))
    if cases is not None:
        told = [{"type": case, "dates": [], "number": 1} for case in cases]
        register.say("/company/00445790/insolvency", (200, {}, {"cases": told}))
    found = CompaniesHouse(asking("k"), register.url).by_number("445790")
    assert (found.status, found.status_detail) == ("liquidation", detail)
    assert state_kind(found.status, found.status_detail) is kind


def event(kind, day="2026-01-05", status="COMPLETED"):
    told = {"type": kind, "status": status, "effectiveDate": f"{day}T00:00:00Z"}
    return {"groupType": "STANDALONE", "events": [told]}


@pytest.mark.parametrize(
    ("told", "detail", "kind"),
    [
        ({"eventGroups": []}, "", None),
        ({"eventGroups": [event("CHANGE_LEGAL_NAME")]}, "", None),
        ({"eventGroups": [event("INSOLVENCY")]}, "INSOLVENCY", NoticeKind.OPENED),
        ({"eventGroups": [event("INSOLVENCY", status="WITHDRAWN_CANCELLED")]}, "", None),
        (
            {"eventGroups": [event("DISSOLUTION", "2026-03-01"), event("LIQUIDATION")]},
            "DISSOLUTION",
            NoticeKind.SIGN,
        ),
        (
            {"status": "INACTIVE", "expiration": {"date": None, "reason": "DISSOLVED"}},
            "DISSOLVED",
            NoticeKind.SIGN,
        ),
        ({"status": "INACTIVE", "successorEntity": {"lei": LEI, "name": None}}, "MERGED", None),
    ],
)
def test_gleif_tells_of_insolvencies_and_of_who_merged(register, asking, told, detail, kind):
    attributes = RECORD["attributes"]
    record = RECORD | {"attributes": attributes | {"entity": attributes["entity"] | told}}
    register.say(f"/lei-records/{LEI}", (200, {}, {"data": record}))
    found = Gleif(asking(), register.url).by_number(LEI)
    assert found.status_detail == detail
    assert state_kind(found.status, found.status_detail) is kind


def test_one_that_asks_for_too_long_a_wait_is_left(register, asking, slept):
    register.say(f"/lei-records/{LEI}", (503, {"retry-after": "3600"}, {}))
    with pytest.raises(RegistryError) as error:
        Gleif(asking(), register.url).by_number(LEI)
    assert (error.value.reason, error.value.temporary) == ("busy", True)
    assert len(register.asked) == 1


def test_one_that_stays_busy_is_left_after_some_tries(register, asking, slept):
    register.say(f"/lei-records/{LEI}", (502, {}, {}))
    with pytest.raises(RegistryError):
        Gleif(asking(), register.url).by_number(LEI)
    assert len(register.asked) == TRIES
    assert [round(s) for s in slept if s >= 1] == [1, 2, 4]


def test_requests_keep_the_pace(register, asking, slept):
    gleif = Gleif(asking(per_minute=60), register.url)
    gleif.by_number(LEI)
    gleif.by_name("another")
    assert len(slept) == 1
    assert 0 < slept[0] <= 1


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, {}, "refused"),
        (400, {}, "answer"),
        (302, {}, "answer"),
        (200, b"<html>", "answer"),
        (200, {"nothing": 1}, "answer"),
        (200, {"data": {"attributes": {"lei": LEI}}}, "answer"),
        (200, b" " * (MOST_BYTES + 1), "answer"),
    ],
)
def test_what_is_no_answer_is_an_error_for_good(register, asking, status, body, reason):
    register.say(f"/lei-records/{LEI}", (status, {"location": "/elsewhere"}, body))
    with pytest.raises(RegistryError) as error:
        Gleif(asking(), register.url).by_number(LEI)
    assert (error.value.reason, error.value.temporary) == (reason, False)
    assert len(register.asked) == 1


def test_a_register_that_is_away_may_be_back_later(asking):
    with pytest.raises(RegistryError) as error:
        Gleif(asking(), "http://127.0.0.1:1").by_number(LEI)
    assert (error.value.reason, error.value.temporary) == ("connection", True)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_list_is_a_register(tmp_path, ending):
    path = tmp_path / f"list.{ending}"
    with duckdb.connect() as connection:
        connection.execute(
            "create table t as select * from (values ('HRB 4711', 'Nordwind GmbH', 'DE'),"
            " ('007', '华为技术有限公司', 'CN'), (null, 'Nobody', 'DE')) v(number, name, country)"
        )
        connection.execute(f"copy t to '{path}' (format {ending})")
    found = FileRegistry(path)
    assert found.by_number("hrb4711").name == "Nordwind GmbH"
    assert found.by_number("7") is None
    assert [one.number for one in found.by_name("Nordwnd")] == ["HRB 4711"]
    assert [one.number for one in found.by_name("华为技术")] == ["007"]
    assert found.by_name("Nordwind", "FR") == []
    assert found.by_name("Nobody") == []


def test_a_list_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("id,name\n1,A\n")
    with pytest.raises(Refusal) as refused:
        FileRegistry(path).by_number("1")
    assert (refused.value.code, refused.value.facts["field"]) == (Code.COLUMN_MISSING, "number")
    with pytest.raises(Refusal) as refused:
        FileRegistry(tmp_path / "none.parquet").by_number("1")
    assert refused.value.code is Code.FILE_UNREADABLE


def test_a_register_is_opened_by_its_name(tmp_path):
    env = {"NETTERMS_HOME": str(tmp_path), "NETTERMS_SECRET_KEY": "s"}
    assert isinstance(open_registry(read_config(env), "gleif"), Gleif)
    keyed = read_config(env | {"NETTERMS_COMPANIES_HOUSE_KEY": "k"})
    assert isinstance(open_registry(keyed, "companies-house"), CompaniesHouse)
    assert isinstance(open_registry(keyed, "gleif", tmp_path / "x.csv"), FileRegistry)
    for source, mend in (("companies-house", Mend.GIVE_IT), ("other", Mend.ONE_OF)):
        with pytest.raises(Refusal) as refused:
            open_registry(read_config(env), source)
        assert refused.value.facts["mend"] is mend
