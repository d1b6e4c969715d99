"""What an owner chooses about the warehouse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stragan.companies.models import NegativeStock
from stragan.web.people.widgets import DescribedRadios


class StockForm(forms.Form):
    """The policy for stock below zero."""

    negative_stock = forms.ChoiceField(
        label=_("When a document needs more than is on hand"),
        choices=[
            (NegativeStock.WARN, _("Warn")),
            (NegativeStock.FORBID, _("Forbid")),
            (NegativeStock.ALLOW, _("Allow")),
        ],
        widget=DescribedRadios(
            {
                NegativeStock.WARN: _("the document is issued; what is missing is shown"),
                NegativeStock.FORBID: _("the document is refused until goods come in"),
                NegativeStock.ALLOW: _("the document is issued and nothing is said"),
            }
        ),
    )
