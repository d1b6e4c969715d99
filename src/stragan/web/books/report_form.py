"""The form of a cash register's monthly report: gross and VAT per rate, as printed on it."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from stragan.books.actions.reports import ReportFacts
from stragan.books.states import RYCZALT_RATES
from stragan.core.money import ZERO
from stragan.core.snapshot import RateTotal
from stragan.core.vat import EXEMPT
from stragan.web.books import words

RATES: Final = ("23", "8", "5", "0", EXEMPT)
TAXED: Final = frozenset({"23", "8", "5"})
_LARGEST: Final = Decimal(1_000_000_000)


class ReportForm(forms.Form):
    """What the report says; the tax is copied from it, never computed."""

    number = forms.CharField(label=_("Number of the report"), max_length=60)
    register_id = forms.CharField(
        label=_("Unique number of the cash register"),
        max_length=40,
        help_text=_("For example ABC 1234567890."),
    )

    def __init__(self, *args: Any, is_payer: bool, is_ryczalt: bool, rate: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.codes = RATES if is_payer else (EXEMPT,)
        for code in self.codes:
            name = words.rate_name(code)
            self.fields[f"gross_{code}"] = self._amount(_("Gross %(rate)s") % {"rate": name})
            if code in TAXED:
                self.fields[f"vat_{code}"] = self._amount(_("VAT %(rate)s") % {"rate": name})
        if is_ryczalt:
            self.fields["ryczalt_rate"] = forms.ChoiceField(
                label=_("Rate of the flat tax"),
                choices=[(one, f"{one}%") for one in RYCZALT_RATES],
                initial=rate,
            )

    @staticmethod
    def _amount(label: str) -> forms.DecimalField:
        field = forms.DecimalField(
            label=label, required=False, min_value=ZERO, max_value=_LARGEST, decimal_places=2, localize=True
        )
        field.widget.attrs["inputmode"] = "decimal"
        return field

    @property
    def rate_rows(self) -> list[dict[str, Any]]:
        """Give the fields of each rate, for the table."""
        return [
            {
                "name": words.rate_name(code),
                "gross": self[f"gross_{code}"],
                "vat": self[f"vat_{code}"] if code in TAXED else None,
            }
            for code in self.codes
        ]

    def facts(self, period: str) -> ReportFacts:
        """Give what was typed; the form was found valid."""
        data = self.cleaned_data
        rates = []
        for code in self.codes:
            gross = data.get(f"gross_{code}") or ZERO
            vat = data.get(f"vat_{code}") or ZERO
            rates.append(RateTotal(code=code, net=gross - vat, vat=vat, gross=gross))
        return ReportFacts(
            period=period,
            number=data["number"].strip(),
            register_id=data["register_id"].strip(),
            rates=rates,
            ryczalt_rate=data.get("ryczalt_rate", ""),
        )
