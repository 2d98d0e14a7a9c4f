"""What to say on the telephone, by stage, in the buyer's language and the collector's.

Which script was used is kept with the call: `VERSION` changes with the words. They name nobody but
the caller and the seller until the right person speaks, and threaten nothing (COL-03).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Script:
    """The words in a language, sentence by sentence; `name` is what the log keeps."""

    name: str
    language: str
    lines: tuple[str, ...]


def scripts(stage: int, seller: str, theirs: str, ours: str) -> list[Script]:
    """The call of a stage in the buyer's language, where we have it, and in the reader's."""
    first = spoken(theirs)
    mine = spoken(ours)
    wanted = dict.fromkeys((first, mine))
    return [_script(stage, seller, language) for language in wanted]


def spoken(language: str) -> str:
    """The language of ours that is closest; English for one we have no words in."""
    code = language.lower()
    return "zh-hans" if code.startswith("zh") else "en"


def _script(stage: int, seller: str, language: str) -> Script:
    with translation.override(language):
        ends = {
            1: _("When will it be paid? Is anything missing that you need from us?"),
            2: _(
                "We reminded you in writing. What keeps you from paying, and which amount comes on"
                " which day?"
            ),
            3: _(
                "The next step is a legal one. A payment or an agreement today makes it"
                " unnecessary: what can you pay now, and the rest by when?"
            ),
            4: _(
                "The debt is about to go to the insurer or to lawyers. Is there anything that"
                " we should know before that?"
            ),
        }
        lines = (
            _("Good day, this is … of %(seller)s. May I speak to whoever releases payments?")
            % {"seller": seller},
            _("To that person only: these invoices are past their due date. Do you have them all?"),
            ends[stage],
            _("I repeat: … by …, paid by you to the account on the invoice. I confirm it by mail."),
        )
        return Script(f"call-{stage}.{VERSION}", language, tuple(str(line) for line in lines))
