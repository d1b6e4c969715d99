"""What is typed about a contractor."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stragan.contractors.actions import ContractorData
from stragan.contractors.models import Contractor
from stragan.core.nip import InvalidNip, InvalidVatEu, checked_nip, checked_vat_eu
from stragan.kit.messages import text_of_error

_OFF: Final = {"autocomplete": "off"}
FIELDS: Final = ("nip", "vat_eu", "name", "street", "postal_code", "city", "country")


class ContractorForm(forms.Form):
    """A buyer's numbers, name and address. Numbers are checked by their check digits."""

    nip = forms.CharField(
        label=_("NIP"),
        max_length=16,
        required=False,
        widget=forms.TextInput({**_OFF, "inputmode": "numeric"}),
    )
    vat_eu = forms.CharField(
        label=_("EU VAT number"),
        max_length=24,
        required=False,
        help_text=_("With the country: DE123456789."),
        widget=forms.TextInput(_OFF),
    )
    name = forms.CharField(label=_("Name"), max_length=512, widget=forms.TextInput(_OFF))
    street = forms.CharField(
        label=_("Street and number"), max_length=300, required=False, widget=forms.TextInput(_OFF)
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=20, required=False, widget=forms.TextInput(_OFF)
    )
    city = forms.CharField(label=_("City"), max_length=200, required=False, widget=forms.TextInput(_OFF))
    country = forms.RegexField(
        label=_("Country"),
        regex=r"^[A-Za-z]{2}$",
        initial="PL",
        error_messages={"invalid": _("Two letters, for example PL.")},
        widget=forms.TextInput({**_OFF, "maxlength": "2"}),
    )

    def clean_nip(self) -> str:
        """Ten digits with a right check digit, or nothing."""
        text: str = self.cleaned_data["nip"]
        try:
            return checked_nip(text) if text else ""
        except InvalidNip as refusal:
            raise ValidationError(text_of_error(refusal)) from refusal

    def clean_vat_eu(self) -> str:
        """A number of an EU country with right check digits, or nothing."""
        text: str = self.cleaned_data["vat_eu"]
        try:
            return checked_vat_eu(text) if text else ""
        except InvalidVatEu as refusal:
            raise ValidationError(text_of_error(refusal)) from refusal

    def contractor_data(self) -> ContractorData:
        """The checked fields as the action wants them."""
        return ContractorData(**{name: self.cleaned_data[name] for name in FIELDS})


def initial_of(row: Contractor) -> dict[str, Any]:
    """The fields as they are."""
    return {name: getattr(row, name) for name in FIELDS}
