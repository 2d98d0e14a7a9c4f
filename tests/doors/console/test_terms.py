"""Terms in the console: countries, rates, the calculator, clauses, and a buyer's own terms."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from netterms.terms import clauses, queries
from netterms.terms.actions import set_terms_policy
from netterms.terms.queries import TermsPolicy
from tests.actions.small_book import put

CSV = b"series,valid_from,rate_pct,known_until,source\nDE_BASE,2026-01-01,1.27,,Bundesbank\n"


def html(client, address):
    return client.get(address).content.decode()


def upload(client, content=CSV):
    file = SimpleUploadedFile("rates.csv", content)
    return client.post("/terms/rates/", {"file": file}, follow=True).content.decode()


def test_a_country_is_found_by_its_name_in_the_readers_language(ctx, signed_in):
    english = html(signed_in(ctx), "/terms/?q=germ")
    assert "Base rate of Germany plus 9 points, anew each half-year." in english
    assert "/terms/countries/FR/" not in english
    chinese = html(signed_in(ctx, language="zh-hans"), "/terms/?q=德国")
    assert "德国基准利率加 9 个百分点，每半年调整。" in chinese


def test_what_nobody_read_is_marked_on_a_countrys_page(ctx, signed_in):
    page = html(signed_in(ctx), "/terms/countries/HR/")
    assert page.count("unverified</span>") == 9
    assert "read in a public text</span>" not in page
    assert "read in a public text</span>" in html(signed_in(ctx), "/terms/countries/DE/")
    assert signed_in(ctx).get("/terms/countries/XX/").status_code == 404


def test_remarks_and_what_is_announced_are_in_the_readers_language(ctx, signed_in):
    chinese = signed_in(ctx, language="zh-hans")
    britain = html(chinese, "/terms/countries/GB/")
    assert "单利按日计" in britain
    assert "已提出、尚未成为法律" in britain
    assert "2026年5月19日" in britain
    assert "not re-checked" not in html(chinese, "/terms/countries/KR/")
    assert "not law" in html(signed_in(ctx), "/terms/countries/GB/")


def test_rates_are_loaded_by_who_may_and_a_wrong_row_is_named(ctx, signed_in):
    assert "1 new or corrected rate counts" in upload(signed_in(ctx))
    assert "0 new or corrected rates count" in upload(signed_in(ctx))
    said = upload(signed_in(ctx), CSV.replace(b"1.27", b"much"))
    assert "Row 2, rate_pct: “much”." in said
    assert queries.rates_in_force(ctx, "DE_BASE")[0].percent == Decimal("1.27")
    reader = signed_in(ctx, "reader")
    assert "Load a table" not in html(reader, "/terms/rates/")
    file = SimpleUploadedFile("rates.csv", CSV)
    assert reader.post("/terms/rates/", {"file": file}).status_code == 403


def asked(**more):
    query = {
        "country": "DE", "currency": "EUR", "amount": "10,000.00", "due_on": "2026-05-02",
        "until": "2026-06-01",
    }  # fmt: skip
    return "/terms/calculator/?" + "&".join(f"{k}={v}" for k, v in (query | more).items())


def test_the_calculator_refuses_past_the_last_known_rate_and_works_it_out_when_loaded(
    ctx, signed_in
):
    client = signed_in(ctx)
    page = html(client, asked())
    assert "The base rate of Germany is known up to 2025-12-31" in page
    assert "€40.00" in page
    upload(client)
    page = html(client, asked())
    for figure in ("€84.41", "€40.00", "€124.41", "€2.81", "10.27"):
        assert figure in page
    assert "unverified" in page
    assert "€84.30" in html(client, asked(method="daily"))
    assert "agreed rate" in html(client, asked(contract_percent="7.3"))
    assert "nobody has said it" in html(client, asked(country="CN", currency="CNY"))
    assert "CN¥150.00" in html(
        client, asked(country="CN", currency="CNY", creditor_small="yes", debtor_large="yes")
    )
    assert "interest cannot be enforced there" in html(client, asked(country="SA"))
    assert "an amount like 1234.50" in html(client, asked(amount="2500,00"))


def test_the_policy_is_kept_as_typed(ctx, signed_in):
    client = signed_in(ctx)
    typed = {
        "creditor_small": "yes", "one_rate": "start", "contract_percent": "8.125",
        "cost_of_money": "9", "standard_days": "45",
        "sector": ["46", ""], "sector_days": ["75", ""],
    }  # fmt: skip
    assert "Saved." in client.post("/terms/policy/", typed, follow=True).content.decode()
    page = html(client, "/terms/policy/")
    assert 'value="8.125"' in page
    policy = queries.terms_policy(ctx)
    assert (policy.standard_days, policy.custom_days) == (45, {"46": 75})
    assert "Saved." in client.post("/terms/policy/", typed, follow=True).content.decode()
    bad = client.post("/terms/policy/", typed | {"cost_of_money": "-1"}).content.decode()
    assert "-1" in bad
    for days in ("soon", "366"):
        rows = {"sector": ["", "46"], "sector_days": ["", days]}
        wrong = client.post("/terms/policy/", typed | rows).content.decode()
        [marked] = re.findall(r'<[^>]* aria-invalid="true"[^>]*>', wrong)
        assert ' id="d2"' in marked
        assert f' value="{days}"' in marked
    far = client.post("/terms/policy/", typed | {"standard_days": "366"}).content.decode()
    assert re.search(r'name="standard_days"[^>]* aria-invalid="true"', far)
    assert queries.terms_policy(ctx) == policy
    assert signed_in(ctx, "reader").post("/terms/policy/", typed).status_code == 403


def test_a_buyers_page_recommends_a_term_and_says_why(ctx, signed_in):
    buyer, _ = put(ctx, "A", "R-1", 1_000_00, due_on=date(2026, 5, 2))
    set_terms_policy(ctx, TermsPolicy(standard_days=90, cost_of_money=Decimal(9)))
    client = signed_in(ctx)
    page = html(client, f"/buyers/{buyer}/")
    assert "Recommended term" in page
    assert "<strong>the law of its country allows 60 days</strong>" in page
    assert "1.48% of the invoice" in page
    told = {"debtor_large": "yes", "contract_percent": "7.5"}
    said = client.post(f"/buyers/{buyer}/terms/", told, follow=True).content.decode()
    assert 'value="7.5"' in said
    assert queries.buyer_terms(ctx, buyer).debtor_large is True
    reader = signed_in(ctx, "reader")
    assert reader.post(f"/buyers/{buyer}/terms/", told).status_code == 403


def test_a_sheet_of_clauses_in_two_languages_marks_what_is_unverified(ctx, signed_in):
    page = html(signed_in(ctx), "/terms/clauses/?country=CN&first=en&second=zh&days=45")
    assert "Each invoice is due 45 days after its date" in page
    assert "每张发票自开票之日起 45 日内付清" in page
    assert "Left out: the statutory rate is for small sellers only." in page
    assert page.count("unverified</span>") >= 2
    assert "not legal advice" in page
    assert "Left out: interest cannot be enforced" in html(
        signed_in(ctx), "/terms/clauses/?country=SA"
    )


def test_the_sheet_comes_as_pdf_in_every_language_it_has(ctx, signed_in):
    client = signed_in(ctx)
    for language in clauses.languages():
        answer = client.get(f"/terms/clauses/DE/pdf/?first=en&second={language}")
        assert answer["Content-Type"] == "application/pdf", language
        assert answer.content.startswith(b"%PDF")
        assert "attachment" in answer["Content-Disposition"]
