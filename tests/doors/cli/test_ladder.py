"""`netterms ladder show|try`: the steps, and what another ladder would do tomorrow."""

from __future__ import annotations

from netterms.collection.ladder import Doer, LadderStep, StepKind, Way
from netterms.collection.ladder_versions import draft
from tests.actions.books import Line, bring_in, fingerprint
from tests.doors.cli.commands import netterms


def test_the_ladder_is_shown_and_a_draft_tried_without_writing(database, ctx):
    bring_in(ctx, Line(due_on=ctx.today, amount=5_000))
    step = LadderStep(1, StepKind.CALL, 0, Way.PHONE, Doer.COLLECTOR, currency="EUR", from_minor=1)
    number = draft(ctx, [step], "")
    before = fingerprint(ctx)
    shown = netterms(database, "ladder", "show", "--seller", ctx.seller)
    assert shown.returncode == 0
    assert "Send a reminder by e-mail" in shown.stdout
    drafted = netterms(database, "ladder", "show", "--version", number, "--seller", ctx.seller)
    assert "EUR, from €0.01" in drafted.stdout
    tried = netterms(database, "ladder", "try", number, "--seller", ctx.seller)
    assert tried.returncode == 0, tried.stderr
    assert "The live one" in tried.stdout
    assert fingerprint(ctx) == before
    unknown = netterms(database, "ladder", "try", 9, "--seller", ctx.seller)
    assert unknown.returncode != 0
