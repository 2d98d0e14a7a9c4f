"""`netterms score`: train, measure and run scorecards and models."""

from __future__ import annotations

import typer

from netterms.doors.cli.score_accounts import (
    measure_accounts,
    measure_ratings,
    train_accounts,
)
from netterms.doors.cli.score_batch import batch
from netterms.doors.cli.score_history import show_migration, show_months, show_vintages
from netterms.doors.cli.score_own import (
    approve,
    compare_cards,
    list_cards,
    put_in_shadow,
    retire,
    train_own,
)
from netterms.doors.cli.score_payers import payers

app = typer.Typer(no_args_is_help=True, help="Train, measure and run scorecards and models.")
measure = typer.Typer(no_args_is_help=True, help="Measure models on data with known outcomes.")
measure.command("accounts")(measure_accounts)
measure.command("ratings")(measure_ratings)
app.add_typer(measure, name="measure")
train = typer.Typer(no_args_is_help=True, help="Train scorecards and models.")
train.command("accounts")(train_accounts)
train.command("own")(train_own)
app.add_typer(train, name="train")
app.command("batch")(batch)
app.add_typer(payers, name="payers")
app.command("cards")(list_cards)
app.command("shadow")(put_in_shadow)
app.command("compare")(compare_cards)
app.command("months")(show_months)
app.command("migration")(show_migration)
app.command("vintages")(show_vintages)
app.command("approve")(approve)
app.command("retire")(retire)
