"""Documents for tests, every value written out: an ordinary invoice and ways to change it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from stragan.core.snapshot import (
    Buyer,
    BuyerSource,
    Deposit,
    DocumentKind,
    DocumentSnapshot,
    KsefState,
    LineKind,
    Payment,
    RateTotal,
    Seller,
    SnapshotLine,
    SupplyKind,
    VatSource,
)

ORDER_ID = "a1b2c3d4-0000-11ef-8000-00000000e5f6"
CENT = Decimal("0.01")


def a_seller(**changes: object) -> Seller:
    """Build a company that pays VAT."""
    seller = Seller(
        name="Przykład Handel sp. z o.o.",
        street="ul. Przykładowa 1 lok. 5",
        postal_code="00-001",
        city="Warszawa",
        country="PL",
        nip="1111111111",
        bdo="000000000",
        bank_account="PL85999000000000000000001234",
        bank_name="Bank Przykładowy S.A.",
        footer="Przykład Handel sp. z o.o. z siedzibą w Warszawie · Sąd Rejonowy dla m.st. Warszawy, "
        "XII Wydział Gospodarczy KRS · KRS 0000000000 · REGON 000000000 · kapitał zakładowy 5 000,00 zł",
        vat_payer=True,
    )
    return replace(seller, **changes)  # type: ignore[arg-type]  # fields by name, checked by replace


def an_exempt_seller() -> Seller:
    """Build a sole trader who is exempt from VAT and wrote no footer."""
    return Seller(
        name="Rękodzieło Żaneta Próbna",
        street="ul. Ćwiczebna 12",
        postal_code="31-999",
        city="Kraków",
        country="PL",
        nip="2222222222",
        bdo="",
        bank_account="",
        bank_name="",
        footer="",
        vat_payer=False,
    )


def a_consumer() -> Buyer:
    """Build a person without a NIP."""
    return Buyer(
        name="Anna Próbna-Wzorcowa",
        street="ul. Testowa 7/12",
        postal_code="80-001",
        city="Gdańsk",
        country="PL",
        source=BuyerSource.DELIVERY,
    )


def a_company() -> Buyer:
    """Build a firm with a NIP and a long name."""
    return Buyer(
        name="Testowa Firma Budowlano-Usługowa Źdźbło i Wspólnicy sp. k.",
        street="ul. Próbna 22A",
        postal_code="61-001",
        city="Poznań",
        country="PL",
        nip="5555555555",
    )


def a_line(position: int = 1, **changes: object) -> SnapshotLine:
    """Build a line of goods; ``gross`` follows from quantity, price and discount unless it is given."""
    line = SnapshotLine(
        position=position,
        kind=LineKind.GOODS,
        name="Kubek emaliowany 0,5 l „Las”, zielony",
        quantity=Decimal(2),
        unit="szt.",
        unit_gross=Decimal("34.99"),
        discount=Decimal("0.00"),
        gross=Decimal("69.98"),
        vat_code="23",
        vat_source=VatSource.OFFER,
        sku="KE-05-Z",
    )
    changed = replace(line, **changes)  # type: ignore[arg-type]  # fields by name, checked by replace
    if "gross" in changes:
        return changed
    gross = (changed.quantity * changed.unit_gross - changed.discount).quantize(CENT)
    return replace(changed, gross=gross)


def a_delivery(position: int, name: str, price: str, vat_code: str = "23") -> SnapshotLine:
    """Build a line of delivery."""
    return a_line(
        position, kind=LineKind.DELIVERY, name=name, quantity=Decimal(1), unit="usł.",
        unit_gross=Decimal(price), vat_code=vat_code, vat_source=VatSource.GOODS, sku="",
    )  # fmt: skip


def rates_of(lines: tuple[SnapshotLine, ...]) -> tuple[RateTotal, ...]:
    """Sum lines by VAT code, tax out of the gross sum of the code."""
    totals = []
    for code in dict.fromkeys(line.vat_code for line in lines):
        gross = sum((line.gross for line in lines if line.vat_code == code), Decimal("0.00"))
        percent = Decimal(code) if code.isdecimal() else Decimal(0)
        vat = (gross * percent / (100 + percent)).quantize(CENT)
        totals.append(RateTotal(code=code, net=gross - vat, vat=vat, gross=gross))
    return tuple(totals)


def with_lines(snapshot: DocumentSnapshot, *lines: SnapshotLine) -> DocumentSnapshot:
    """Give a document other lines; sums follow, what was paid stays."""
    rates = rates_of(lines)
    gross = sum((rate.gross for rate in rates), Decimal("0.00"))
    vat = sum((rate.vat for rate in rates), Decimal("0.00"))
    return replace(
        snapshot, lines=lines, rates=rates, net=gross - vat, vat=vat, gross=gross,
        to_pay=gross + snapshot.deposit,
    )  # fmt: skip


def an_invoice(**changes: object) -> DocumentSnapshot:
    """Build an invoice for a consumer, paid through Allegro: 106,97 zł, three lines at 23 %."""
    snapshot = DocumentSnapshot(
        kind=DocumentKind.INVOICE,
        number="FV 119/11/2026",
        issue_date=date(2026, 11, 23),
        supply_date=date(2026, 11, 21),
        supply_kind=SupplyKind.PAYMENT,
        currency="PLN",
        seller=a_seller(),
        buyer=a_consumer(),
        lines=(),
        rates=(),
        net=Decimal("0.00"),
        vat=Decimal("0.00"),
        gross=Decimal("0.00"),
        deposits=(),
        deposit=Decimal("0.00"),
        to_pay=Decimal("0.00"),
        payment=Payment(
            method="online",
            provider="PAYU",
            paid=Decimal("106.97"),
            paid_date=date(2026, 11, 21),
            due_date=None,
        ),
        exemption_basis="",
        notes="",
        order_id=ORDER_ID,
        shop="przyklad-handel",
        ksef=KsefState.OUTSIDE,
        issued_at=datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC),
    )
    filled = with_lines(
        snapshot,
        a_line(1),
        a_line(2, name="Herbata zielona sencha, liść, 100 g", quantity=Decimal(1),
               unit_gross=Decimal("24.00"), sku="HZ-100"),
        a_delivery(3, "Dostawa: Allegro Paczkomaty InPost", "12.99"),
    )  # fmt: skip
    return replace(filled, **changes)  # type: ignore[arg-type]  # fields by name, checked by replace


def unpaid(due_date: date | None = date(2026, 12, 7), method: str = "transfer") -> Payment:
    """Build a payment that has not been made."""
    return Payment(method=method, provider="", paid=Decimal("0.00"), paid_date=None, due_date=due_date)


def a_company_invoice() -> DocumentSnapshot:
    """Build an unpaid invoice for a firm: two rates, discounts, delivery split, 804,50 zł."""
    base = an_invoice(
        number="FV 118/11/2026", buyer=a_company(), payment=unpaid(), ksef=KsefState.NOT_SENT,
        supply_date=date(2026, 11, 22), supply_kind=SupplyKind.DELIVERY,
        notes="Zwroty i reklamacje: biuro@example.com",
    )  # fmt: skip
    return with_lines(
        base,
        a_line(1, name="Lampka biurkowa LED ze ściemniaczem i ładowarką indukcyjną, biała",
               quantity=Decimal(2), unit_gross=Decimal("149.00"), discount=Decimal("20.00"),
               sku="LB-2041", ean="5900000000015"),
        a_line(2, name="Przedłużacz bębnowy 25 m, 4 gniazda, IP44", quantity=Decimal(1),
               unit_gross=Decimal("189.90"), sku="PB-25-44"),
        a_line(3, name="Taśma malarska papierowa 48 mm × 50 m", quantity=Decimal(12), unit="rolka",
               unit_gross=Decimal("8.49"), sku="TM-48"),
        a_line(4, name="Książka „Remont bez tajemnic. Poradnik dla początkujących”", quantity=Decimal(3),
               unit="egz.", unit_gross=Decimal("49.90"), discount=Decimal("14.97"), vat_code="5", sku=""),
        a_line(5, name="Książka „Instalacje elektryczne w praktyce”", quantity=Decimal(1), unit="egz.",
               unit_gross=Decimal("79.00"), vat_code="5", sku=""),
        a_delivery(6, "Dostawa: kurier, do 30 kg (towary 23%)", "15.26"),
        a_delivery(7, "Dostawa: kurier, do 30 kg (towary 5%)", "5.73", "5"),
    )  # fmt: skip


def an_exempt_invoice() -> DocumentSnapshot:
    """Build a paid invoice without VAT of an exempt seller: 280,99 zł."""
    base = an_invoice(
        number="F 31/11/2026", seller=an_exempt_seller(), shop="",
        buyer=replace(a_company(), name="Kwiaciarnia Testowa Łucja Śródka"),
        exemption_basis="art. 113 ust. 1 ustawy o VAT", ksef=KsefState.NOT_SENT,
        payment=Payment(method="online", provider="AF", paid=Decimal("280.99"),
                        paid_date=date(2026, 11, 22), due_date=None),
    )  # fmt: skip
    return with_lines(
        base,
        a_line(1, name="Świeca sojowa w szkle „Jesień”, 180 g", quantity=Decimal(4),
               unit_gross=Decimal("39.00"), vat_code="zw", sku="SS-180-J"),
        a_line(2, name="Girlanda filcowa, 2 m, ręcznie szyta", quantity=Decimal(2),
               unit_gross=Decimal("58.50"), discount=Decimal("7.00"), vat_code="zw", sku="GF-2"),
        a_delivery(3, "Dostawa: kurier", "14.99", "zw"),
    )  # fmt: skip


def a_deposit_invoice() -> DocumentSnapshot:
    """Build an unpaid invoice with a packaging deposit: 121,83 zł and 13,00 zł of deposit."""
    base = an_invoice(
        number="FV 123/11/2026", buyer=a_company(), payment=unpaid(), ksef=KsefState.NOT_SENT,
        supply_kind=SupplyKind.DELIVERY,
        deposits=(
            Deposit(name="Butelka PET do 3 l", quantity=Decimal(18), unit_amount=Decimal("0.50"),
                    amount=Decimal("9.00")),
            Deposit(name="Butelka szklana wielorazowa", quantity=Decimal(4), unit_amount=Decimal("1.00"),
                    amount=Decimal("4.00")),
        ),
        deposit=Decimal("13.00"),
    )  # fmt: skip
    return with_lines(
        base,
        a_line(1, name="Woda mineralna niegazowana 1,5 l, zgrzewka 6 butelek", unit="zgrz.",
               unit_gross=Decimal("16.74"), sku="WM-15-6"),
        a_line(2, name="Sok jabłkowy tłoczony 100%, 1 l PET", quantity=Decimal(6), unit="but.",
               unit_gross=Decimal("7.90"), vat_code="5", sku="SJ-1"),
        a_line(3, name="Lemoniada rabarbarowa 0,5 l, szkło wielorazowe", quantity=Decimal(4), unit="but.",
               unit_gross=Decimal("6.49"), sku="LR-05"),
        a_delivery(4, "Dostawa: kurier (towary 23%)", "8.34"),
        a_delivery(5, "Dostawa: kurier (towary 5%)", "6.65", "5"),
    )  # fmt: skip


NAMES = (
    "Śruba z łbem sześciokątnym M8×40, klasa 8.8, ocynk, opakowanie 100 szt.",
    "Nakrętka M8 ocynk, 100 szt.",
    "Podkładka powiększona M8, 100 szt.",
    "Wkręt do drewna 5×60, 200 szt.",
    "Kołek rozporowy 8×50, 100 szt.",
    "Uchwyt montażowy do płyt gipsowo-kartonowych z regulacją kąta i poziomnicą, czarny mat",
    "Taśma naprawcza zbrojona 50 m",
    "Klej montażowy 290 ml",
    "Silikon sanitarny biały 280 ml",
    "Pędzel angielski 50 mm",
)


def an_invoice_of(count: int, **changes: object) -> DocumentSnapshot:
    """Build an unpaid invoice for a firm with *count* varied lines."""
    base = replace(
        an_invoice(
            number="FV 120/11/2026",
            buyer=a_company(),
            payment=unpaid(),
            ksef=KsefState.NOT_SENT,
            supply_kind=SupplyKind.DELIVERY,
        ),
        **changes,  # type: ignore[arg-type]  # fields by name, checked by replace
    )
    lines = [
        a_line(
            place + 1,
            name=NAMES[place % len(NAMES)],
            quantity=Decimal("37.5") if place % 12 == 11 else Decimal((1, 2, 10, 4, 25, 3, 12)[place % 7]),
            unit=("op.", "szt.", "rolka", "m")[place % 4],
            unit_gross=Decimal("4.49") + Decimal("3.37") * (7 * place % 23),
            discount=Decimal("1.50") if place % 9 == 4 else Decimal("0.00"),
            vat_code="8" if place % 12 == 7 else "23",
            sku=f"M-{1000 + 7 * place}",
            ean="5900000000015",
        )
        for place in range(count)
    ]
    return with_lines(base, *lines)
