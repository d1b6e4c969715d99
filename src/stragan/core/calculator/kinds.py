"""One function per kind of case: what it reads, by which rule, what it answers."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from stragan.core import statutory_fields
from stragan.core.calculator.reading import QUANTITY_LIMIT, CaseReader
from stragan.core.calculator.sale import (
    LAW_DATE,
    Answer,
    CaseContradictory,
    CaseNotSupported,
    Terms,
    by_code,
    check_codes,
    declared,
    difference,
    in_pln,
    plus,
    rate_of,
    read_sale,
    read_terms,
    read_terms_in_pln,
    read_terms_of_vat_payer,
    read_vat_code,
    revenue,
)
from stragan.core.dates import exchange_rate_date
from stragan.core.money import ZERO, spread
from stragan.core.snapshot import RateTotal
from stragan.core.totals import (
    document_totals,
    line_gross,
    rate_total,
    totals_per_rate,
    vat_summed_per_line,
)
from stragan.core.vat import STANDARD, rate_order


def ordinary(case: CaseReader) -> Answer:
    """Lines with discounts, an order discount, delivery, a packaging deposit, any currency."""
    terms = read_terms(case)
    sale = read_sale(case, terms)
    rates = sale.rates
    totals = document_totals(rates)
    answer: Answer = {"lines_gross": sale.lines_gross}
    if sale.delivery is not None:
        answer["delivery_split"] = sale.delivery
    answer |= {"per_rate": by_code(rates), "totals": totals}
    summed = vat_summed_per_line(sale.parts, on=LAW_DATE)
    if summed != totals.vat:
        answer["vat_if_summed_per_line"] = summed
    answer |= declared(rates, pln=in_pln(rates, terms), terms=terms)
    if "deposit" in case:
        answer |= _with_deposit(answer["fa3"], deposit=case.amount("deposit"), gross=totals.gross)
    return answer


def _with_deposit(fa3: object, *, deposit: Decimal, gross: Decimal) -> Answer:
    """Put the packaging deposit beside P_15: it raises the amount to pay, not the invoice."""
    assert isinstance(fa3, dict)
    settlement = {"Rozliczenie/SumaObciazen": deposit, "Rozliczenie/DoZaplaty": gross + deposit}
    return {"deposit": deposit, "to_pay": gross + deposit, "fa3": fa3 | (settlement if deposit else {})}


def correction(case: CaseReader) -> Answer:
    """VAT Act art. 106j: sums before and after; what posts is the difference of the rounded sums."""
    if "delivery_policy" in case and case.text("delivery_policy") != "re-split":
        raise CaseNotSupported(field=case.field("delivery_policy"))
    terms = read_terms(case)
    sides = [case.inner("before"), case.inner("after")]
    for side in sides:
        if "deposit" in side:
            raise CaseNotSupported(field=side.field("deposit"))
    before, after = (read_sale(side, terms, zero_quantity=True).rates for side in sides)
    changed = difference(before, after)
    return {
        "before": {"per_rate": by_code(before), "totals": document_totals(before)},
        "after": {"per_rate": by_code(after), "totals": document_totals(after)},
        "difference": by_code(changed),
        "totals": document_totals(changed),
        **declared(changed, pln=difference(in_pln(before, terms), in_pln(after, terms)), terms=terms),
    }


def advance(case: CaseReader) -> Answer:
    """VAT Act art. 106f(1): the payment spread over the codes of the order, tax out of each part."""
    terms = read_terms_in_pln(case)
    order = _order_value(case, terms)
    paid = case.amount("paid", positive=True)
    if paid > sum(order.values()):
        raise CaseContradictory(field=case.field("paid"))
    shares = spread(paid, list(order.values()))
    rates = totals_per_rate(zip(order, shares, strict=True), on=LAW_DATE)
    # An advance is no revenue before the delivery (PIT Act art. 14(3)(1)).
    return _without_jpk_fa(rates, terms) | {"fa3_kind": "ZAL", "books_revenue_pln": ZERO}


def settlement(case: CaseReader) -> Answer:
    """VAT Act art. 106f(3): the sums of the order less those of its advances; revenue is the order's."""
    terms = read_terms_in_pln(case)
    order = totals_per_rate(_order_value(case, terms).items(), on=LAW_DATE)
    left = by_code(order)
    for advance_sums in case.objects("advances"):
        for code in advance_sums.fields:
            sums = advance_sums.inner(code)
            if code not in left:
                raise CaseContradictory(field=sums.path)
            billed = rate_of(code, net=sums.amount("net"), vat=sums.amount("vat"))
            left[code] = plus(left[code], billed, sign=-1)
    overpaid = any(rate.net < 0 or rate.vat < 0 for rate in left.values())
    if overpaid or not any(rate.gross for rate in left.values()):
        raise CaseContradictory(field=case.field("advances"))  # nothing is left to invoice
    answer = _without_jpk_fa(tuple(left.values()), terms)
    return answer | {"fa3_kind": "ROZ", "books_revenue_pln": revenue(order, terms)}


def _order_value(case: CaseReader, terms: Terms) -> dict[str, Decimal]:
    value = case.inner("order_value_by_rate")
    amounts = value.amounts_per_code()
    check_codes(amounts, terms, field=value.path)
    return {code: amounts[code] for code in sorted(amounts, key=rate_order)}


def _without_jpk_fa(rates: tuple[RateTotal, ...], terms: Terms) -> Answer:
    answer = declared(rates, pln=rates, terms=terms)
    del answer["jpk_fa"]
    return {"per_rate": by_code(rates)} | answer


def margin(case: CaseReader) -> Answer:
    """VAT Act art. 120(4): tax out of the margin; a loss is no margin and lowers no other one."""
    read_terms_of_vat_payer(case)
    sale = case.amount("sale_gross", positive=True)
    gross = max(sale - case.amount("purchase_cost"), ZERO)
    rate = rate_total(STANDARD, gross, on=LAW_DATE)
    return {
        "margin_gross": gross,
        "margin_net": rate.net,
        "vat": rate.vat,
        "fa3": {"P_13_11": sale, "P_15": sale},
        "jpk_v7": statutory_fields.jpk_v7_sums([rate] if gross else []) | {"SprzedazVAT_Marza": sale},
        "books_revenue_pln": sale - rate.vat,
    }


def month(case: CaseReader, *, row_type: str) -> Answer:
    """A month of documents in one row (RO, WEW): tax is rounded on each document, then summed."""
    terms = read_terms_of_vat_payer(case)
    sums: dict[str, RateTotal] = {}
    for document in case.objects("documents_gross_by_rate"):
        for rate in totals_per_rate(document.amounts_per_code().items(), on=LAW_DATE):
            sums[rate.code] = plus(sums[rate.code], rate) if rate.code in sums else rate
    rates = tuple(sums[code] for code in sorted(sums, key=rate_order))
    answer: Answer = {
        "per_rate": by_code(rates),
        "jpk_v7": statutory_fields.jpk_v7_sums(rates),
        "jpk_v7_typ": row_type,
        "jpk_v7_mark": "DI",
        "books_revenue_pln": revenue(rates, terms),
    }
    once = totals_per_rate(((rate.code, rate.gross) for rate in rates), on=LAW_DATE)
    unlike = {one.code: one.vat for one, rate in zip(once, rates, strict=True) if one.vat != rate.vat}
    return answer | ({"vat_if_computed_once_on_the_sum": unlike} if unlike else {})


def bundle(case: CaseReader) -> Answer:
    """A set sold at one price, divided by what its parts cost alone (largest remainder)."""
    terms = read_terms_in_pln(case)
    quantity = case.number("qty", places=4, limit=QUANTITY_LIMIT, positive=True)
    price = line_gross(quantity=quantity, unit_gross=case.amount("set_price_gross"))
    codes: list[str] = []
    weights: list[Decimal] = []
    for part in case.objects("parts"):
        codes.append(read_vat_code(part, terms))
        weights.append(part.amount("standalone_gross", positive=True))
    shares = spread(price, weights)
    rates = totals_per_rate(zip(codes, shares, strict=True), on=LAW_DATE)
    return {"parts_gross": shares} | _without_jpk_fa(rates, terms)


def fx_date(case: CaseReader) -> Answer:
    """Which day's NBP table A rate a document takes."""
    day = exchange_rate_date(tax_point=case.day("tax_point"), issue_date=case.day("issue_date"))
    return {"nbp_table_a_date": day.isoformat()}


KINDS: Final[Mapping[str, Callable[[CaseReader], Answer]]] = {
    "ordinary": ordinary,
    "correction": correction,
    "advance": advance,
    "final": settlement,
    "margin": margin,
    "ro": partial(month, row_type="RO"),
    "wew": partial(month, row_type="WEW"),
    "bundle": bundle,
    "fx_date": fx_date,
}
