"""What an owner types about the company."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stragan.companies.actions import CompanySettings, VatChange
from stragan.companies.models import Company, Receipts
from stragan.core.iban import InvalidIban, checked_iban
from stragan.kit.messages import text_of_error
from stragan.web.people.forms import AddressFields, BooksField, VatPayerField
from stragan.web.people.widgets import DescribedRadios, switch

# Rates of the lump-sum tax, in percent (Lump-Sum Tax Act art. 12(1)).
RYCZALT_RATES: Final = ("2", "3", "5.5", "8.5", "10", "12", "12.5", "14", "15", "17")
_NOT_PRINTED: Final = {"autocomplete": "off"}


class CompanyForm(AddressFields):
    """What is printed on documents about the seller."""

    bdo = forms.RegexField(
        label=_("BDO number"),
        regex=r"^\d{9}$",
        required=False,
        error_messages={"invalid": _("A BDO number has nine digits.")},
        help_text=_("Of companies that put packaging or batteries on the market."),
        widget=forms.TextInput({"inputmode": "numeric", **_NOT_PRINTED}),
    )
    bank_account = forms.CharField(
        label=_("Bank account"),
        max_length=50,
        required=False,
        help_text=_("Printed on invoices that are still to be paid."),
        widget=forms.TextInput(_NOT_PRINTED),
    )
    bank_name = forms.CharField(label=_("Bank"), max_length=100, required=False)
    footer = forms.CharField(
        label=_("Text under documents"),
        max_length=400,
        required=False,
        help_text=_("Thanks, hours, a phone number; up to 400 characters."),
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_bank_account(self) -> str:
        """An account number whose check digits agree, or nothing."""
        text: str = self.cleaned_data["bank_account"]
        try:
            return checked_iban(text) if text else ""
        except InvalidIban as refusal:
            raise ValidationError(text_of_error(refusal)) from refusal


class BooksForm(forms.Form):
    """Packages, books and what a receipt is."""

    books = BooksField()
    ryczalt_rate = forms.ChoiceField(
        label=_("Usual rate of the lump-sum tax"),
        choices=[(rate, f"{rate.replace('.', ',')}%") for rate in RYCZALT_RATES],
        required=False,
        help_text=_("Trade in goods is 3%. A product may have a rate of its own."),
    )
    receipts = forms.ChoiceField(
        label=_("What is a receipt here?"),
        choices=[
            (Receipts.NON_FISCAL, _("Confirmation of sale")),
            (Receipts.FISCAL, _("Receipt of a cash register")),
            ("", _("Not decided yet")),
        ],
        required=False,
        widget=DescribedRadios(
            {
                Receipts.NON_FISCAL: _("the sale is exempt from the cash register"),
                Receipts.FISCAL: _("the register prints it; its number is kept here"),
                "": _("you are asked at the first receipt"),
            }
        ),
    )
    warehouse = forms.BooleanField(label=_("Warehouse"), required=False, widget=switch())

    def __init__(self, *args: Any, current: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        if current.receipts:  # once answered it may change, but not be unknown again
            self.fields["receipts"].choices = self.fields["receipts"].choices[:2]  # type: ignore[attr-defined]

    def clean_ryczalt_rate(self) -> str:
        """The rate there was, where the field was left out."""
        rate: str = self.cleaned_data["ryczalt_rate"]
        return rate or self.current.ryczalt_rate

    def clean_receipts(self) -> str:
        """The answer there was, where none was given."""
        answer: str = self.cleaned_data["receipts"]
        return answer or self.current.receipts


class VatForm(forms.Form):
    """The VAT status from a day on; with *has_day* the day is known and not asked for."""

    since = forms.DateField(
        label=_("From day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Documents follow the status of their issue date."),
    )
    vat_payer = VatPayerField()
    exemption_basis = forms.CharField(
        label=_("Legal basis of the exemption"),
        max_length=200,
        required=False,
        help_text=_(
            "An exempt company has it on every invoice, a VAT payer on invoices with lines exempt from VAT."
        ),
        widget=forms.TextInput({"list": "bases", **_NOT_PRINTED}),
    )

    def __init__(self, *args: Any, has_day: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_day:
            del self.fields["since"]

    def clean(self) -> dict[str, Any]:
        """An exempt seller names the basis of the exemption."""
        given = super().clean() or {}
        if given.get("vat_payer") is False and not given.get("exemption_basis"):
            self.add_error("exemption_basis", _("Choose the legal basis of the exemption."))
        return given

    def change(self, *, since: date | None) -> VatChange:
        """The checked fields as the action wants them; *since* where no day was asked for."""
        given = self.cleaned_data
        return VatChange(
            since=given.get("since", since),
            vat_payer=given["vat_payer"],
            exemption_basis=given["exemption_basis"],
        )


class LogoForm(forms.Form):
    """A picture to print."""

    logo = forms.FileField(
        label=_("Logo"),
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "image/png,image/jpeg", "class": "form-control"}),
        help_text=_("PNG or JPEG of up to 1 MB."),
    )


def settings_of(company: Company, **changes: Any) -> CompanySettings:
    """The company's settings as they are, with some of them changed."""
    values = {name: getattr(company, name) for name in CompanySettings.__dataclass_fields__}
    return CompanySettings(**(values | changes))
