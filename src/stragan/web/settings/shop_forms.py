"""What is typed about a shop."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from stragan.shops.actions import Wish, default_since
from stragan.shops.models import BuyerDataSource
from stragan.web.people.widgets import DescribedRadios, switch
from stragan.web.settings.words import BUYER_SOURCES

KEPT_BY_ALLEGRO: Final = timedelta(days=366)


class ModuleForm(forms.Form):
    """The two switches of the Allegro module."""

    allegro_module = forms.BooleanField(required=False, widget=switch())
    close_order_on_issue = forms.BooleanField(required=False, widget=switch())


class ShopForm(forms.Form):
    """Name, source of buyers' data, first day: of a shop that is there."""

    name = forms.CharField(
        label=_("Shop name"),
        max_length=60,
        help_text=_("Seen only in Stragan."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    buyer_source = forms.ChoiceField(
        label=_("When the buyer wants no invoice, take"),
        choices=[(source.value, BUYER_SOURCES[source]) for source in BuyerDataSource],
        initial=BuyerDataSource.DELIVERY,
        widget=DescribedRadios(
            {
                BuyerDataSource.DELIVERY: _("name and address from the delivery"),
                BuyerDataSource.ACCOUNT: _("name and address of the Allegro account"),
            }
        ),
    )
    since_date = forms.DateField(
        label=_("First import from"),
        help_text=_("Allegro keeps orders for about a year."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, latest_since: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.latest_since = today, latest_since or today
        attributes = self.fields["since_date"].widget.attrs
        attributes["min"] = (today - KEPT_BY_ALLEGRO).isoformat()
        attributes["max"] = self.latest_since.isoformat()
        self.fields["since_date"].initial = default_since(today)

    def clean_since_date(self) -> date:
        """A day of the past year, and never later than the one the shop was added with."""
        day: date = self.cleaned_data["since_date"]
        if day > self.latest_since:
            message = _("Choose this day or an earlier one: what was fetched stays.")
            raise forms.ValidationError(_("This day is in the future.") if day > self.today else message)
        if day < self.today - KEPT_BY_ALLEGRO and day != self.latest_since:
            raise forms.ValidationError(_("Allegro keeps orders for about a year. Choose a later day."))
        return day


class NewShopForm(ShopForm):
    """The same and, where the installation has no application at Allegro, the shop's own."""

    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        label=_("Client Secret"),
        max_length=200,
        required=False,
        strip=True,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    def clean_client_id(self) -> str:
        """Needed where the installation has none."""
        text: str = self.cleaned_data["client_id"].strip()
        if not text and not settings.ALLEGRO_CLIENT_ID:
            raise forms.ValidationError(
                _("Without it Allegro does not know who asks. See below how to get one.")
            )
        return text

    def typed(self) -> dict[str, str]:
        """The checked fields as texts, for the form that is shown again; never the secret."""
        given = self.cleaned_data
        kept = ("name", "buyer_source", "client_id")
        return {"since_date": given["since_date"].isoformat()} | {name: given[name] for name in kept}

    def wish(self) -> Wish:
        """The checked fields as the flow wants them."""
        given = self.cleaned_data
        return Wish(
            name=given["name"],
            buyer_source=given["buyer_source"],
            since_date=given["since_date"],
            client_id=given["client_id"],
            client_secret=given["client_secret"],
        )
