"""Sentences about checks of orders against Allegro: what differs, and why."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "check_period_impossible": _(
        "Choose a period of at most 400 days whose last day does not lie before the first."
    ),
    "check_finding_gone": _("This difference is gone already. Check the orders once more."),
    "check_order_missing": _("Allegro has this order, Stragan has not."),
    "check_order_extra": _("Stragan has order %(number)s, Allegro has not."),
    "check_status_differs": _("The status on Allegro is %(allegro)s, here it is %(ours)s."),
    "check_total_differs": _("On Allegro the buyer pays %(allegro)s %(currency)s, here it says %(ours)s."),
    "check_parts_differ": _(
        "Lines, delivery, services and deposits make %(ours)s, the total is %(allegro)s %(currency)s."
    ),
    "check_paid_differs": _("Allegro says that %(allegro)s %(currency)s was paid, here it says %(ours)s."),
    "check_overpaid": _("%(allegro)s %(currency)s was paid for an order of %(ours)s."),
    "check_underpaid": _("Only %(allegro)s %(currency)s was paid for an order of %(ours)s."),
    "check_unreadable": _("Allegro says something new about order %(number)s, and it cannot be read."),
    "check_shop_not_asked": _(
        "“%(shop)s” could not be asked, so nobody knows whether its orders are all here."
    ),
    "statement_day_impossible": _("Choose a day from the first day of the shop up to today."),
    "statement_unreadable": _("This file is no statement of completeness made by Stragan."),
    "check_list_silent": _("Allegro’s list leaves order %(number)s out, though Allegro has it."),
    "check_journal_silent": _("Allegro’s journal never named this order."),
    "check_payment_missing": _(
        "%(ours)s %(currency)s was paid for this order, and no payment operation of Allegro says so."
    ),
    "check_payment_differs": _(
        "Payment operations of Allegro make %(allegro)s %(currency)s, the order says that %(ours)s was paid."
    ),
    "check_payment_unknown": _(
        "An operation over %(allegro)s %(currency)s names payment %(payment)s, which no order has."
    ),
    "check_refund_missing": _(
        "%(ours)s %(currency)s was refunded by Allegro’s list, and no payment operation of Allegro says so. "
        "Look at payment %(payment)s on Allegro."
    ),
    "check_refund_unlisted": _(
        "Payment operations took %(allegro)s %(currency)s for a refund that Allegro’s list of refunds lacks. "
        "Allegro may have given the money back by itself: look at payment %(payment)s on Allegro."
    ),
    "check_refund_differs": _(
        "Allegro’s list of refunds makes %(ours)s %(currency)s, its payment operations %(allegro)s. "
        "Look at payment %(payment)s on Allegro."
    ),
    "check_refund_unknown": _(
        "A refund of %(allegro)s %(currency)s names payment %(payment)s, which no order has."
    ),
    "check_refund_too_high": _(
        "%(allegro)s %(currency)s was refunded of %(ours)s paid. Look at payment %(payment)s on Allegro."
    ),
    "check_source_not_asked": _("“%(shop)s” could not be compared with all that Allegro knows."),
    "cause_vanished": _("Allegro listed the operation before and does so no more."),
    "cause_refunded_lately": _(
        "It was refunded less than an hour ago; the other source may follow. Check once more."
    ),
    "cause_refund_under_way": _(
        "The refund is not finished on Allegro (%(status)s). Check once more when it is."
    ),
    "cause_refund_stopped": _(
        "The refund was stopped on Allegro (%(status)s), and the money has not come back yet."
    ),
    "cause_refund_partial": _("Only a part was given back: look at payment %(payment)s on Allegro."),
    "cause_too_many_refunds": _(
        "Payments whose refunds could not be asked about one by one: %(count)s. One check asks about "
        "%(asked)s at most. Check a shorter period."
    ),
    "cause_paid_lately": _("It was paid less than an hour ago; the operation may follow. Check once more."),
    "journal_forgotten": _("Allegro keeps its journal for 60 days and has forgotten this period."),
    "cause_merged": _("Its purchases were paid together with others and are in order %(successor)s now."),
    "cause_deleted": _("A person deleted it here."),
    "cause_before_first_day": _("It was bought before %(since)s, the first day this shop is fetched from."),
    "cause_gone": _("Allegro withdrew it: unpaid orders vanish when they are paid together with others."),
    "cause_holder_gone": _("The order it paid is here, but Allegro no longer has it. Look at it on Allegro."),
    "cause_too_many_gone": _(
        "Orders that Allegro’s list lacks and that were not asked about one by one: %(count)s. One check "
        "asks about %(asked)s at most, those that were asked about longest ago first. Check a shorter period."
    ),
    "cause_arriving": _(
        "This happened a moment ago; the background sync brings it within a minute. Check once more then."
    ),
    "cause_surcharge": _("The buyer paid a surcharge of %(difference)s later."),
    "cause_pending": _("It is on the list of orders to be fetched."),
    "cause_unreadable": _("What Allegro sent cannot be read: %(reason)s."),
    "cause_cancelled": _("It was cancelled on Allegro since it was fetched."),
    "cause_changed": _("It changed on Allegro since it was fetched."),
    "cause_altered_here": _("Allegro says what it said before: the figures here were altered."),
    "cause_allegro_says_so": _("Allegro itself says so. Correct the lines in the draft of the document."),
    "cause_no_payment_stated": _("Allegro states no amount for this payment. Look at it on Allegro."),
    "cause_reconnect": _("The shop must be connected again."),
    "cause_disabled": _("The shop is switched off."),
    "cause_removed": _("The shop was removed; connect the account again to ask for its orders."),
}
