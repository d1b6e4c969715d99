"""What people type about a product."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from stragan.companies.models import Company
from stragan.kit.messages import text_of
from stragan.products import queries
from stragan.products.models import Product
from stragan.products.reading import FieldError, ProductData, ProductText, read_product
from stragan.products.sheet import reference_text
from stragan.products.states import UNITS
from stragan.web.products import words
from stragan.web.shell import show

_PLAIN = {"autocomplete": "off"}


class ProductForm(forms.Form):
    """A product. Values are read by the room, so that a page and a file take the same texts."""

    name = forms.CharField(
        label=_("Name"),
        error_messages={"required": _("Enter the name of the product.")},
        widget=forms.TextInput({"autofocus": True, **_PLAIN}),
    )
    sku = forms.CharField(
        label="SKU",
        required=False,
        help_text=_("As “signature” in the offer on Allegro: then the offer finds the product."),
        widget=forms.TextInput(_PLAIN),
    )
    ean = forms.CharField(
        label="EAN", required=False, widget=forms.TextInput({"inputmode": "numeric", **_PLAIN})
    )
    unit = forms.CharField(
        label=_("Unit"), required=False, widget=forms.TextInput({"list": "units", **_PLAIN})
    )
    price = forms.CharField(
        label=_("Gross price"), required=False, widget=forms.TextInput({"inputmode": "decimal", **_PLAIN})
    )
    vat_code = forms.ChoiceField(
        label=_("VAT rate"),
        required=False,
        choices=words.vat_choices,
        help_text=_("Used where the offer has none. If they differ, the order waits for you."),
    )
    gtu = forms.ChoiceField(label="GTU", required=False, choices=words.gtu_choices)
    ryczalt_rate = forms.ChoiceField(label=_("Flat-rate tax"), required=False, choices=words.ryczalt_choices)
    names = forms.CharField(
        label=_("Names of offers"),
        required=False,
        help_text=_("Further names under which it is offered, one a line. They must agree sign by sign."),
        widget=forms.Textarea({"rows": 3}),
    )
    components = forms.CharField(
        label=_("Components of a bundle"),
        required=False,
        help_text=_("Only for bundles: one a line, SKU or name, then × and how many, such as KUB-1 × 2."),
        widget=forms.Textarea({"rows": 3}),
    )

    def data_for(self, company: Company) -> tuple[ProductData, list[FieldError]]:
        """Read what was typed. Nothing is lost: what cannot be read stays in the form."""
        text = {name: self.data.get(self.add_prefix(name), "") for name in self.fields}
        data, errors = read_product(
            ProductText(
                name=text["name"],
                sku=text["sku"],
                ean=text["ean"],
                unit=text["unit"],
                price=text["price"],
                vat_code=text["vat_code"],
                gtu=text["gtu"],
                ryczalt_rate=text["ryczalt_rate"],
                names=text["names"].splitlines(),
            )
        )
        components = queries.resolve(company, text["components"].splitlines(), errors)
        return ProductData(
            **{name: getattr(data, name) for name in words.FIELDS if name not in {"components", "opening"}},
            components=components,
        ), errors

    def tell(self, errors: Sequence[FieldError]) -> None:
        """Put what is wrong beside its fields."""
        self.is_valid()
        for error in errors:
            if error.code == "product_name_missing" and "name" in self.errors:
                continue  # the form says so by itself
            self.add_error(error.field, text_of(error.code, error.params))


def initial_of(company: Company, product: Product) -> dict[str, str]:
    """A product as its form shows it."""
    data = queries.data_of(company, [product])[product.pk]
    parts = queries.products_of(company, [component.product_id for component in data.components])
    keys = {part.pk: part.sku or part.name for part in parts}
    return {
        "name": data.name,
        "sku": data.sku,
        "ean": data.ean,
        "unit": data.unit,
        "price": typed_amount(data.price),
        "vat_code": data.vat_code,
        "gtu": data.gtu,
        "ryczalt_rate": data.ryczalt_rate,
        "names": "\n".join(data.names),
        "components": "\n".join(
            reference_text(keys[component.product_id], component.quantity) for component in data.components
        ),
    }


def typed_amount(amount: Decimal | None) -> str:
    """An amount as people type it."""
    return "" if amount is None else show.amount(amount).replace(show.NBSP, "")


def units() -> tuple[str, ...]:
    """Units that are offered; any other may be typed."""
    return UNITS
