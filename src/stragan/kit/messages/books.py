"""Sentences about the books."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "books_off": _(
        "This company keeps no books here. Switch them on in the settings, under taxes and books."
    ),
    "period_closed": _(
        "The month %(month)s is closed in the books. The next open month is %(next)s: choose a day in it, "
        "or have the month reopened."
    ),
    "period_not_over": _("The month %(month)s is not over yet. Close it when it has ended."),
    "period_state_changed": _(
        "Somebody else has closed or reopened the month %(month)s meanwhile. Look at it again."
    ),
    "reopen_reason_missing": _("Write why the month is reopened."),
    "receipt_day_wrong": _(
        "The receipt of the correction %(number)s cannot have been confirmed before %(issued)s, when it "
        "was issued, or in the future."
    ),
    "past_posting_running": _("The past is being posted already. Look at its progress."),
    "cash_report_empty": _("The report has no amounts. Enter the gross of at least one rate."),
    "cash_report_exists": _("The report %(number)s stands in this month already."),
    "cash_report_vat_unlikely": _(
        "The VAT %(vat)s does not fit the rate %(vat_code)s: about %(expected)s is expected. "
        "Compare with the report."
    ),
}
