"""Intake: reads any invoice list (text or workbook) into the tables `staged` and `bad`.

    staged = read("ledger.csv", mapping={"amount": "总金额"}, currency="EUR")
    staged.connection.execute("SELECT * FROM staged")

See `sniff` for a look beforehand, `Reason` and `message` for what can be wrong with a cell.
"""

from netterms.receivables.intake.container import Limits
from netterms.receivables.intake.guess import BadCell, Column, Guess, Staged
from netterms.receivables.intake.reader import read, sniff
from netterms.receivables.intake.reasons import Note, NoteCode, Reason, message
from netterms.receivables.intake.synonyms import FIELDS

__all__ = [
    "FIELDS",
    "BadCell",
    "Column",
    "Guess",
    "Limits",
    "Note",
    "NoteCode",
    "Reason",
    "Staged",
    "message",
    "read",
    "sniff",
]
