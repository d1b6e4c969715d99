"""Names and advice for what keeps orders from their documents, one table for all runs."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A reason as the head of a group: its name, what it means and what to do, its sign.

    ``mended_in_draft`` says that the draft of the order is the place to mend it; ``waits`` that nobody
    has to mend anything: time does, or all is done.
    """

    title: str | Promise
    advice: str | Promise
    icon: str = "alert-circle"
    mended_in_draft: bool = False
    waits: bool = False


TROUBLES: Final[dict[str, Trouble]] = {
    "vat_missing": Trouble(
        title=_("No VAT rate"),
        advice=_("The offer on Allegro has no rate. Stragan does not guess: set it in the draft."),
        icon="percentage",
        mended_in_draft=True,
    ),
    "vat_contradictory": Trouble(
        title=_("Contradictory VAT"),
        advice=_("Allegro gives two different rates for one thing. Choose the right one in the draft."),
        icon="percentage",
        mended_in_draft=True,
    ),
    "vat_foreign": Trouble(
        title=_("VAT that is not Polish"),
        advice=_("Sold in Poland? Set the rate in the draft. Sales abroad cannot be invoiced here yet."),
        icon="percentage",
        mended_in_draft=True,
    ),
    "vat_exemption_basis_missing": Trouble(
        title=_("No exemption basis"),
        advice=_("The legal basis of the exemption is not set. Add it in the company settings."),
        icon="percentage",
    ),
    "vat_margin_unsupported": Trouble(
        title=_("Margin scheme"),
        advice=_("Invoices in the margin scheme cannot be issued here yet."),
        icon="percentage",
    ),
    "currency_unsupported": Trouble(
        title=_("Foreign currency"),
        advice=_("Documents in currencies other than PLN cannot be issued yet."),
        icon="coins",
    ),
    "total_mismatch": Trouble(
        title=_("The amount differs from Allegro"),
        advice=_("Lines and delivery give another sum than the buyer pays. Compare them in the draft."),
        icon="arrows-diff",
        mended_in_draft=True,
    ),
    "buyer_data_missing": Trouble(
        title=_("No buyer data"),
        advice=_("Name or address is missing. Enter them in the draft."),
        icon="id-badge-2",
        mended_in_draft=True,
    ),
    "company_nip_missing": Trouble(
        title=_("Company invoice without a NIP"),
        advice=_("The buyer asked for a company invoice and gave no NIP. Ask, or enter it in the draft."),
        icon="id-badge-2",
        mended_in_draft=True,
    ),
    "nip_invalid": Trouble(
        title=_("Wrong NIP"),
        advice=_("The check digit of the NIP does not agree. Correct it in the draft."),
        icon="id-badge-2",
        mended_in_draft=True,
    ),
    "vat_eu_invalid": Trouble(
        title=_("Wrong EU VAT number"),
        advice=_("It is not a VAT number of an EU country. Correct it in the draft or leave it empty."),
        icon="id-badge-2",
        mended_in_draft=True,
    ),
    "goods_missing": Trouble(
        title=_("No goods"),
        advice=_("There is nothing to invoice besides delivery. Fetch the order again or add a line."),
        mended_in_draft=True,
    ),
    "goods_name_missing": Trouble(
        title=_("Line without a name"),
        advice=_("An invoice must say what was sold. Enter the name in the draft."),
        icon="pencil",
        mended_in_draft=True,
    ),
    "invoice_address_missing": Trouble(
        title=_("No invoice data"),
        advice=_("Allegro has not handed over the data for the invoice. Wait, or enter them in the draft."),
        icon="id-badge-2",
        mended_in_draft=True,
    ),
    "reason_missing": Trouble(
        title=_("No reason for changed amounts"),
        advice=_("The draft changes amounts without saying why. Write the reason in the draft."),
        icon="pencil",
        mended_in_draft=True,
    ),
    "fiscal_receipt_missing": Trouble(
        title=_("Fiscal receipt not known"),
        advice=_("Enter the receipt's number, the register's id and the day in the draft of each order."),
        icon="receipt",
        mended_in_draft=True,
    ),
    "order_deleted": Trouble(
        title=_("Deleted orders"),
        advice=_("Restore an order before you issue anything for it."),
        icon="trash",
    ),
    "draft_unreadable": Trouble(
        title=_("Draft of an older version"),
        advice=_("The saved draft cannot be read. Discard it in the draft and start again."),
        icon="pencil",
        mended_in_draft=True,
    ),
    "order_not_released": Trouble(
        title=_("Not released by Allegro yet"),
        advice=_("Not paid or not confirmed yet. The order can be issued when Allegro releases it."),
        icon="clock-pause",
        waits=True,
    ),
    "order_cancelled": Trouble(
        title=_("Cancelled orders"), advice=_("A cancelled order gets no document."), icon="ban"
    ),
    "order_superseded": Trouble(
        title=_("Merged orders"),
        advice=_("The buyer merged purchases: issue the document for the new order."),
        icon="git-compare",
    ),
    "order_gone": Trouble(
        title=_("Gone from Allegro"), advice=_("Allegro no longer has these orders."), icon="ban"
    ),
    "already_issued": Trouble(
        title=_("Already have a document"),
        advice=_("Nothing is issued twice; these orders are left alone."),
        icon="circle-check",
        waits=True,
    ),
    "original_exists": Trouble(
        title=_("Have a document of another kind"),
        advice=_("An order has one fiscal document at a time."),
        icon="file-text",
    ),
    "issue_date_future": Trouble(
        title=_("Issue date in the future"), advice=_("Choose today or an earlier day."), icon="calendar"
    ),
    "issue_date_before_sale": Trouble(
        title=_("Issue date long before the sale"),
        advice=_("It may be at most 60 days before the sale. Choose a later day."),
        icon="calendar",
    ),
    "supply_date_too_late": Trouble(
        title=_("Supply long after the issue date"),
        advice=_("It may be at most 60 days later. Correct it in the draft."),
        icon="calendar",
        mended_in_draft=True,
    ),
    "supply_date_lapsed": Trouble(
        title=_("Supply too long ago"),
        advice=_("The tax of that year has lapsed. Check the year in the draft."),
        icon="calendar",
        mended_in_draft=True,
    ),
    "issue_date_too_early": Trouble(
        title=_("Issue date before the latest document"),
        advice=_("Numbers must follow dates. Choose a later day."),
        icon="calendar",
    ),
}
UNNAMED: Final = Trouble(
    title=_("Other reasons"), advice=_("Each order says what stands in its way."), mended_in_draft=True
)


def trouble_of(code: str) -> Trouble:
    """Give the name and advice of a code; one without them is named as another reason."""
    return TROUBLES.get(code, UNNAMED)
