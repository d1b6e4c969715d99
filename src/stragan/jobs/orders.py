"""Jobs about orders."""

from collections.abc import Mapping
from datetime import date, datetime

from stragan.flows import (
    company_settings,
    fetch_billing,
    fetch_payments,
    order_money,
    reconcile_orders,
    state_completeness,
)
from stragan.jobs.registry import id_of


def reassess(arguments: Mapping[str, object], now: datetime) -> None:
    """Work out anew what blocks the waiting orders of a company."""
    company_settings.reassess(company_id=id_of(arguments, "company_id"), now=now)


def reconcile(arguments: Mapping[str, object], _now: datetime) -> None:
    """Hold Allegro's orders of a period against ours."""
    reconcile_orders.work_check(run_id=id_of(arguments, "run_id"))


def payments(arguments: Mapping[str, object], _now: datetime) -> None:
    """Read the payment operations of a shop."""
    fetch_payments.fetch_payments(shop_id=id_of(arguments, "shop_id"))


def billing(arguments: Mapping[str, object], _now: datetime) -> None:
    """Read the billing entries of a shop."""
    fetch_billing.fetch_billing(shop_id=id_of(arguments, "shop_id"))


def money(arguments: Mapping[str, object], _now: datetime) -> None:
    """Work out what orders of a company brought and cost."""
    order_money.work_due(company_id=id_of(arguments, "company_id"))


def statement(arguments: Mapping[str, object], _now: datetime) -> None:
    """State whether a day of a shop is complete."""
    day = date.fromisoformat(str(arguments["day"]))
    state_completeness.make_statement(shop_id=id_of(arguments, "shop_id"), day=day)
