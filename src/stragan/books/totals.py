"""Sums of months, read from the sums per day: a few rows, however many documents a month has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from stragan.books.models import RevenueRow, RevenueSum, VatRow, VatSum
from stragan.books.register import standing
from stragan.books.states import VAT_FIELDS, RowType
from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.kit.compiled import Values, made_once

_VAT: Final = (*(name.lower() for name in VAT_FIELDS), "net", "vat", "gross")
_AMOUNT: Final = ("amount",)
_COUNTS: Final = ("count", "rows")
_BY_TYPE: Final = ("type",)
_BY_RATE: Final = ("rate",)


@dataclass(frozen=True, slots=True, kw_only=True)
class VatTotals:
    """Sums of VAT rows in PLN. ``count``: rows that stand; ``rows``: all; FP rows count and add nothing."""

    count: int = 0
    rows: int = 0
    shown_only: int = 0
    fields: Mapping[str, Decimal] = field(default_factory=dict)
    net: Decimal = ZERO
    vat: Decimal = ZERO
    gross: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueTotals:
    """Sums of revenue rows in PLN, whole and per rate of the flat tax (empty rate in KPiR)."""

    count: int = 0
    rows: int = 0
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    amount: Decimal = ZERO


def vat_totals(company: Company, periods: Iterable[str], *, daily: bool | None = None) -> VatTotals:
    """Sums of months of the VAT register; with *daily* only of the daily record, or only of the rest."""
    sums = _vat_sums(company, tuple(periods), daily=daily)
    return _vat_total(_named(sums.rows(), _BY_TYPE, _VAT))


@made_once
def _vat_sums(company: Company, periods: tuple[str, ...], *, daily: bool | None) -> Values:
    return _sums(_chosen(VatSum, company, periods, daily=daily), _BY_TYPE, _VAT)


def vat_totals_by_month(company: Company, periods: Iterable[str]) -> dict[str, VatTotals]:
    """Sums of several months of the VAT register, by month."""
    found = _grouped(_chosen(VatSum, company, periods), ("period", *_BY_TYPE), _VAT)
    return {period: _vat_total(groups) for period, groups in _by_period(found).items()}


def vat_totals_of_day(company: Company, day: date) -> VatTotals:
    """Sums of one day of the daily record, wherever its rows stand."""
    rows = VatSum.objects.for_company(company).filter(day=day, type=RowType.WEW)
    return _vat_total(_grouped(rows, _BY_TYPE, _VAT))


def revenue_totals_of_day(company: Company, book: str, day: date) -> RevenueTotals:
    """Sums of one day of the daily record in the book of revenue, wherever its rows stand."""
    rows = RevenueSum.objects.for_company(company).filter(book=book, day=day, type=RowType.WEW)
    return _revenue_total(_grouped(rows, _BY_RATE, _AMOUNT))


def vat_totals_of(rows: QuerySet[VatRow]) -> VatTotals:
    """Sums of chosen rows, taken from the rows themselves: for a filter that sums per day cannot answer."""
    return _vat_total(_summed(standing(rows), _BY_TYPE, _VAT))


def revenue_totals(
    company: Company, book: str, periods: Iterable[str], *, daily: bool | None = None
) -> RevenueTotals:
    """Sums of some months of the book of revenue together."""
    sums = _revenue_sums(company, book, tuple(periods), daily=daily)
    return _revenue_total(_named(sums.rows(), _BY_RATE, _AMOUNT))


@made_once
def _revenue_sums(company: Company, book: str, periods: tuple[str, ...], *, daily: bool | None) -> Values:
    rows = _chosen(RevenueSum, company, periods, daily=daily).filter(book=book)
    return _sums(rows, _BY_RATE, _AMOUNT)


def revenue_totals_by_month(company: Company, book: str, periods: Iterable[str]) -> dict[str, RevenueTotals]:
    """Sums of several months of the book of revenue, by month."""
    rows = _chosen(RevenueSum, company, periods).filter(book=book)
    found = _grouped(rows, ("period", *_BY_RATE), _AMOUNT)
    return {period: _revenue_total(groups) for period, groups in _by_period(found).items()}


def revenue_totals_of(rows: QuerySet[RevenueRow]) -> RevenueTotals:
    """Sums of chosen rows, taken from the rows themselves."""
    return _revenue_total(_summed(standing(rows), _BY_RATE, _AMOUNT))


def _chosen(
    model: Any, company: Company, periods: Iterable[str], *, daily: bool | None = None
) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.for_company(company).filter(period__in=list(periods))
    if daily is None:
        return rows
    return rows.filter(type=RowType.WEW) if daily else rows.exclude(type=RowType.WEW)


def _grouped(rows: QuerySet[Any], keys: Sequence[str], sums: Sequence[str]) -> list[dict[str, Any]]:
    return _named(_sums(rows, keys, sums), keys, sums)


def _sums(rows: QuerySet[Any], keys: Sequence[str], sums: Sequence[str]) -> Values:
    groups: Any = rows.order_by().values_list(*keys)
    found: Values = groups.annotate(**{f"all_{name}": Sum(name) for name in (*_COUNTS, *sums)})
    return found


def _named(rows: Iterable[tuple[Any, ...]], keys: Sequence[str], sums: Sequence[str]) -> list[dict[str, Any]]:
    names = (*keys, *(f"all_{name}" for name in (*_COUNTS, *sums)))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _summed(rows: QuerySet[Any], keys: Sequence[str], sums: Sequence[str]) -> list[dict[str, Any]]:
    """As ``_grouped``, of rows that stand and not of sums."""
    columns: dict[str, Any] = {f"all_{name}": Sum(name) for name in sums}
    groups: Any = rows.order_by().values(*keys)
    return list(groups.annotate(all_count=Count("pk"), all_rows=Count("pk"), **columns))


def _by_period(groups: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for group in groups:
        found.setdefault(group["period"], []).append(group)
    return found


def _vat_total(groups: Iterable[Mapping[str, Any]]) -> VatTotals:
    count = rows = shown_only = 0
    sums = dict.fromkeys(_VAT, ZERO)
    for group in groups:
        count += group["all_count"]
        rows += group["all_rows"]
        if group["type"] == RowType.FP:
            shown_only += group["all_count"]
            continue
        for name in _VAT:
            sums[name] += group[f"all_{name}"] or ZERO
    return VatTotals(
        count=count,
        rows=rows,
        shown_only=shown_only,
        fields={name: sums[name.lower()] for name in VAT_FIELDS if sums[name.lower()]},
        net=sums["net"],
        vat=sums["vat"],
        gross=sums["gross"],
    )


def _revenue_total(groups: Iterable[Mapping[str, Any]]) -> RevenueTotals:
    count = rows = 0
    rates: dict[str, Decimal] = {}
    for group in groups:
        count += group["all_count"]
        rows += group["all_rows"]
        rates[group["rate"]] = rates.get(group["rate"], ZERO) + (group["all_amount"] or ZERO)
    return RevenueTotals(
        count=count,
        rows=rows,
        rates={rate: amount for rate, amount in rates.items() if amount},
        amount=sum(rates.values(), ZERO),
    )
