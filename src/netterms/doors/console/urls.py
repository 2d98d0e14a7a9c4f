"""Addresses of the console's own pages."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from netterms.doors.console import (
    access,
    account_statement,
    bank,
    buyers,
    buyers_twice,
    calls,
    caps,
    clauses,
    collection,
    collection_figures,
    credit_reports,
    disputes,
    insurance,
    keys,
    ledger,
    ladder,
    lines,
    monitoring,
    orders,
    particulars,
    policy,
    portfolio,
    score_months,
    scores,
    screening,
    statements,
    terms,
    visits,
    webhooks,
)


class Currency(StringConverter):
    """Three capital letters."""

    regex = "[A-Z]{3}"


class Country(StringConverter):
    """Two capital letters."""

    regex = "[A-Z]{2}"


register_converter(Currency, "currency")
register_converter(Country, "country")

urlpatterns: list[URLPattern] = [
    path("", portfolio.dashboard, name="dashboard"),
    path("ageing/", portfolio.ageing, name="ageing"),
    path("ageing/<currency:currency>/<slug:name>/", portfolio.bucket, name="bucket"),
    path("buyers/", buyers.listing, name="buyers"),
    path("buyers/duplicates/", buyers_twice.listing, name="buyers_twice"),
    path("buyers/duplicates/find/", buyers_twice.find, name="buyers_twice_find"),
    path("buyers/duplicates/decide/", buyers_twice.decide, name="buyers_twice_decide"),
    path("buyers/<uuid:buyer_id>/", buyers.one, name="buyer"),
    path("buyers/<uuid:buyer_id>/report/", credit_reports.order, name="credit_report_order"),
    path("reports/<uuid:report_id>/", credit_reports.one, name="credit_report"),
    path("reports/<uuid:report_id>/pdf/", credit_reports.pdf, name="credit_report_pdf"),
    path("reports/<uuid:report_id>/json/", credit_reports.as_json, name="credit_report_json"),
    path("work/", collection.work, name="work"),
    path("collection/figures/", collection_figures.figures, name="collection_figures"),
    path("collection/figures/<slug:form>/", collection_figures.export, name="collection_export"),
    path("collection/settings/", collection_figures.settings, name="work_settings"),
    path("work/<uuid:case_id>/", calls.case, name="call"),
    path("work/<uuid:case_id>/dispute/", calls.dispute, name="call_dispute"),
    path("work/<uuid:case_id>/owner/", calls.assign, name="call_owner"),
    path("work/<uuid:action_id>/done/", collection.done, name="work_done"),
    path("ladder/", ladder.overview, name="ladder"),
    path("ladder/<int:number>/", ladder.one, name="ladder_version"),
    path("buyers/<uuid:buyer_id>/lines/<currency:currency>/", lines.change, name="line"),
    path("buyers/<uuid:buyer_id>/statements/", statements.overview, name="statements"),
    path("buyers/<uuid:buyer_id>/statements/enter/", statements.enter, name="statement_enter"),
    path("buyers/<uuid:buyer_id>/particulars/", particulars.overview, name="particulars"),
    path("buyers/<uuid:buyer_id>/visits/", visits.visits, name="visits"),
    path("visits/photos/<uuid:photo_id>/", visits.picture, name="visit_photo"),
    path("buyers/<uuid:buyer_id>/account/", account_statement.shown, name="account_statement"),
    path(
        "buyers/<uuid:buyer_id>/account/pdf/", account_statement.pdf, name="account_statement_pdf"
    ),
    path(
        "buyers/<uuid:buyer_id>/account/xlsx/",
        account_statement.workbook,
        name="account_statement_xlsx",
    ),
    path("payments/", ledger.payments, name="payments"),
    path("payments/record/", ledger.record, name="payment_record"),
    path("payments/<uuid:payment_id>/", ledger.payment, name="payment"),
    path("payments/<uuid:payment_id>/<slug:move>/", ledger.payment_do, name="payment_do"),
    path("invoices/<uuid:invoice_id>/", ledger.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/<slug:move>/", ledger.invoice_do, name="invoice_do"),
    path("disputes/", disputes.listing, name="disputes"),
    path("disputes/files/<uuid:file_id>/", disputes.file, name="dispute_file"),
    path("disputes/<uuid:dispute_id>/", disputes.one, name="dispute"),
    path("disputes/<uuid:dispute_id>/<slug:move>/", disputes.do, name="dispute_do"),
    path("books/", ledger.books, name="books"),
    path("books/<slug:move>/", ledger.books_do, name="books_do"),
    path("orders/", orders.listing, name="orders"),
    path("orders/queue/", orders.queue, name="orders_queue"),
    path("orders/policy/", policy.overview, name="policy"),
    path("orders/policy/<int:number>/", policy.one, name="policy_version"),
    path("orders/caps/", caps.overview, name="caps"),
    path("orders/caps/remove/", caps.remove, name="cap_remove"),
    path("orders/<uuid:order_id>/", orders.one, name="order"),
    path("orders/<uuid:order_id>/<slug:move>/", orders.do, name="order_move"),
    path("bank/", bank.overview, name="bank"),
    path("bank/upload/", bank.upload, name="bank_upload"),
    path("bank/match/", bank.match, name="bank_match"),
    path("bank/statements/<uuid:statement_id>/", bank.statement, name="bank_statement"),
    path("bank/lines/<uuid:line_id>/", bank.line, name="bank_line"),
    path("bank/lines/<uuid:line_id>/aside/", bank.aside, name="bank_aside"),
    path("bank/matches/<uuid:match_id>/<slug:move>/", bank.decide, name="bank_decide"),
    path("deadlines/", insurance.deadlines, name="deadlines"),
    path("sanctions/", screening.hits, name="screening"),
    path("sanctions/<uuid:hit_id>/", screening.judge, name="screening_judge"),
    path("terms/", terms.countries, name="terms"),
    path("terms/rates/", terms.rates, name="terms_rates"),
    path("terms/calculator/", terms.calculator, name="terms_calculator"),
    path("terms/policy/", terms.policy, name="terms_policy"),
    path("terms/clauses/", clauses.sheet, name="terms_clauses"),
    path("terms/clauses/<country:code>/pdf/", clauses.pdf, name="terms_clauses_pdf"),
    path("terms/countries/<country:code>/", terms.country, name="terms_country"),
    path("buyers/<uuid:buyer_id>/terms/", terms.of_buyer, name="buyer_terms"),
    path("scores/", scores.overview, name="scores"),
    path("scores/months.csv", score_months.as_csv, name="score_months_csv"),
    path("scores/months.json", score_months.as_json, name="score_months_json"),
    path("scores/shadow/", scores.shadow, name="score_shadow"),
    path("scores/<int:number>/<slug:move>/", scores.do, name="score_card"),
    path("runs/", monitoring.runs, name="runs"),
    path("keys/", keys.listing, name="keys"),
    path("keys/<uuid:key_id>/rotate/", keys.rotate, name="key_rotate"),
    path("keys/<uuid:key_id>/revoke/", keys.revoke, name="key_revoke"),
    path("webhooks/", webhooks.listing, name="webhooks"),
    path("webhooks/deliveries/", webhooks.deliveries, name="deliveries"),
    path("webhooks/deliveries/<uuid:delivery_id>/", webhooks.delivery, name="delivery"),
    path("webhooks/deliveries/<uuid:delivery_id>/replay/", webhooks.replay, name="delivery_replay"),
    path("webhooks/<uuid:endpoint_id>/<slug:what>/", webhooks.do, name="webhook_do"),
    path("seller/", access.switch_seller, name="switch_seller"),
    path("language/", access.set_language, name="set_language"),
]
