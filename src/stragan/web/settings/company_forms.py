"""What an owner types about the company."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stragan.companies.actions import CompanySettings
from stragan.companies.models import Company
from stragan.core.iban import InvalidIban, checked_iban
from stragan.kit.messages import text_of_error
from stragan.web.people.forms import AddressFields, TaxFields

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


class TaxForm(TaxFields):
    """VAT status, books and warehouse."""

    vat_exemption_basis = forms.CharField(
        label=_("Legal basis of the exemption"),
        max_length=200,
        required=False,
        help_text=_(
            "An exempt company has it on every invoice, a VAT payer on invoices with lines exempt from VAT."
        ),
        widget=forms.TextInput({"list": "bases", **_NOT_PRINTED}),
    )

    def clean(self) -> dict[str, Any]:
        """An exempt seller names the basis of the exemption."""
        given = super().clean() or {}
        if given.get("vat_payer") is False and not given.get("vat_exemption_basis"):
            self.add_error("vat_exemption_basis", _("Choose the legal basis of the exemption."))
        return given


def settings_of(company: Company, **changes: Any) -> CompanySettings:
    """The company's settings as they are, with some of them changed."""
    values = {name: getattr(company, name) for name in CompanySettings.__dataclass_fields__}
    return CompanySettings(**(values | changes))
