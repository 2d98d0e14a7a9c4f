"""Another password by mail, for who lost theirs."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.utils.translation import gettext as _


class AskForMail(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    def clean(self) -> dict[str, Any] | None:
        """Refused where no mail can go, whoever asks: it says nothing of who has an account."""
        found: dict[str, Any] | None = super().clean()
        try:
            with get_connection():
                return found
        except OSError as error:
            raise ValidationError(
                _(
                    "No mail can be sent right now. Try again later, or ask whoever runs netterms"
                    " to give you another password."
                )
            ) from error
