"""What people type when they set up the installation or join a company."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stragan.companies.actions import CompanyData
from stragan.companies.models import Books
from stragan.core.nip import InvalidNip, checked_nip
from stragan.kit.messages import text_of_error
from stragan.web.people.widgets import DescribedRadios, switch

EXEMPT_ARTICLE_113: Final = "art. 113 ust. 1 ustawy o VAT"
EXEMPT_ARTICLE_113_NEW: Final = "art. 113 ust. 1 i 9 ustawy o VAT"
EXEMPT_ARTICLE_43: Final = "art. 43 ust. 1 ustawy o VAT"
BASES: Final = (
    (EXEMPT_ARTICLE_113, _("Small turnover: art. 113(1)")),
    (EXEMPT_ARTICLE_113_NEW, _("Small turnover, business started this year: art. 113(1) and (9)")),
    (EXEMPT_ARTICLE_43, _("What is sold is exempt: art. 43(1)")),
)


class AddressFields(forms.Form):
    """Name and address as they are printed on documents; shared by first run and settings."""

    name = forms.CharField(
        label=_("Company name"), max_length=256, widget=forms.TextInput({"autocomplete": "organization"})
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^\d{2}-\d{3}$",
        error_messages={"invalid": _("A postal code looks like this: 00-950.")},
        widget=forms.TextInput({"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = forms.CharField(
        label=_("City"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level2"})
    )


class VatPayerField(forms.TypedChoiceField):
    """Payer or exempt."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Is the company a VAT payer?"),
            choices=(("yes", _("Yes, VAT payer")), ("no", _("No, exempt"))),
            coerce=lambda value: value == "yes",
            initial="yes",
            widget=DescribedRadios(
                {
                    "yes": _("invoices with VAT rates"),
                    "no": _("documents without VAT, with the basis of exemption"),
                }
            ),
        )


class BooksField(forms.ChoiceField):
    """Which books are kept here."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Books"),
            choices=(
                (Books.KPIR, _("KPiR")),
                (Books.RYCZALT, _("Lump-sum tax")),
                (Books.NONE, _("No books")),
            ),
            initial=Books.NONE,
            widget=DescribedRadios(
                {
                    Books.KPIR: _("revenue and expense ledger"),
                    Books.RYCZALT: _("revenue record"),
                    Books.NONE: _("kept by an accountant"),
                }
            ),
        )


class TaxFields(forms.Form):
    """VAT, books and warehouse, as the first run asks for them."""

    vat_payer = VatPayerField()
    books = BooksField()
    warehouse = forms.BooleanField(label=_("Warehouse"), required=False, initial=True, widget=switch())


class SetupForm(AddressFields, TaxFields):
    """The company and its first owner."""

    nip = forms.CharField(
        label=_("NIP"), max_length=16, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    vat_exemption_basis = forms.ChoiceField(
        label=_("Legal basis of the exemption"),
        choices=BASES,
        required=False,
        help_text=_("Printed on each invoice of an exempt seller."),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        widget=forms.EmailInput({"autocomplete": "username"}),
        help_text=_("You log in with this address."),
    )
    password = forms.CharField(
        label=_("Password"),
        min_length=10,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a sentence is a good password."),
    )

    field_order = (
        "nip",
        "name",
        "street",
        "postal_code",
        "city",
        "vat_payer",
        "vat_exemption_basis",
        "books",
        "warehouse",
        "email",
        "password",
    )

    def clean_nip(self) -> str:
        """Ten digits with a right check digit."""
        try:
            return checked_nip(self.cleaned_data["nip"])
        except InvalidNip as refusal:
            raise ValidationError(text_of_error(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """An exempt seller names the basis of the exemption."""
        given = super().clean() or {}
        if given.get("vat_payer") is False and not given.get("vat_exemption_basis"):
            self.add_error("vat_exemption_basis", _("Choose the legal basis of the exemption."))
        return given

    def company_data(self) -> CompanyData:
        """The checked fields as the action wants them."""
        given = self.cleaned_data
        return CompanyData(
            nip=given["nip"],
            name=given["name"],
            street=given["street"],
            postal_code=given["postal_code"],
            city=given["city"],
            vat_payer=given["vat_payer"],
            vat_exemption_basis="" if given["vat_payer"] else given["vat_exemption_basis"],
            warehouse=given["warehouse"],
            books=given["books"],
        )


class JoinForm(forms.Form):
    """The password of somebody who was invited: a new one, or that of the account they have."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("If you have an account here already, the password of that account."),
    )
