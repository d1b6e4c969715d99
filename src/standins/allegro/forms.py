"""Builds the checkout form of an order the way the live API sends it, explicit nulls included."""

from random import Random
from typing import Final

from standins.allegro import people
from standins.allegro.catalog import Catalog, Offer
from standins.allegro.clock import DAY, HOUR, MINUTE, SECOND, iso
from standins.allegro.orders import Json, Order, identifier, revision_of
from standins.allegro.parties import Party

MARKETS: Final = {
    "cz": ("allegro-cz", "CZK", "21.00"),
    "sk": ("allegro-sk", "EUR", "23.00"),
    "hu": ("allegro-hu", "HUF", "27.00"),
    "business_cz": ("allegro-business-cz", "CZK", None),
    "vat_eu_unverified": ("allegro-business-cz", "CZK", "21.00"),
}

_LOCKER: Final = ("2488f7b7-5d1c-4d65-b85c-4cbcf253fd93", "Allegro Paczkomaty InPost", 999)
_COURIER: Final = ("c3066682-97a3-42fe-9eb5-3beeccab840c", "Allegro Kurier DPD", 1499)
_POINT: Final = ("0aafb43f-2a6b-4f9d-9d6e-5a1c7e2d0001", "Allegro One Punkt", 799)
_POST: Final = ("7203cb90-864c-4cda-bf08-dc883f0c7832", "Allegro Pocztex Kurier", 1399)
_COD: Final = ("c8b6b6a1-0000-4000-8000-000000000006", "Allegro Paczkomaty InPost pobranie", 1249)
_PICKUP: Final = ("685d8b40-2571-4111-8937-9220b1710d4c", "Odbiór osobisty", 0)
_PALLET: Final = ("9e5d0000-0000-4000-8000-000000000015", "Przesyłka paletowa", 7900)
_ABROAD: Final = ("c2000000-0000-4000-8000-000000000019", "Allegro Wysyłka z Polski - Kurier", 1490)


def price(minor: int, currency: str) -> Json:
    """Write an amount of hundredths as Allegro does."""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return {"amount": f"{sign}{minor // 100}.{minor % 100:02d}", "currency": currency}


class FormBuilder:
    """Builds one form. Everything is drawn from the order's own key: the same order, the same form."""

    def __init__(self, order: Order, catalog: Catalog, seed: int) -> None:
        self.order = order
        self.kind = order.kind
        self.catalog = catalog
        self.draw = Random((seed << 40) ^ order.key)
        self.market, self.currency, self.foreign_rate = MARKETS.get(order.kind, ("allegro-pl", "PLN", None))
        self.party = Party(order, self.draw, seed)
        self.released = order.status == "READY_FOR_PROCESSING" or order.kind == "buyer_cancelled"
        self.smart = False
        self.total_minor = 0

    def build(self) -> Json:
        """Return the whole form."""
        order = self.order
        bought_only = order.status == "BOUGHT"
        lines = self._lines()
        delivery = None if bought_only else self._delivery(lines)
        if self.kind == "total_off":
            # Rare, but it happens: the sum of the parts is not what Allegro says is due.
            self.total_minor += 1 if order.key % 2 else 50
        return {
            "id": order.id,
            "messageToSeller": self._message(),
            "buyer": self.party.buyer(),
            "payment": None if bought_only else self._payment(),
            "status": order.status,
            "fulfillment": {
                "status": order.fulfillment,
                "shipmentSummary": {
                    "lineItemsSent": "ALL"
                    if order.fulfillment in {"SENT", "PICKED_UP", "RETURNED"}
                    else "NONE"
                },
                "provider": {"id": "ALLEGRO" if self.kind == "one_fulfillment" else "SELLER"},
            },
            "delivery": delivery,
            "invoice": None if bought_only else self.party.invoice(released=self.released),
            "lineItems": lines,
            "surcharges": self._surcharges(),
            **({} if bought_only else {"codBookedPayments": self._cod_booked()}),
            "note": self._note(),
            "marketplace": {"id": self.market},
            "summary": {"totalToPay": price(self.total_minor, self.currency)},
            "updatedAt": iso(order.updated_ms),
            "revision": revision_of(order),
        }

    def _at(self, instant_ms: int) -> str:
        """Write an instant of the history; nothing lies later than the order is known."""
        return iso(min(instant_ms, self.order.known_ms))

    def _message(self) -> str | None:
        if self.kind == "message_and_note" or (self.kind == "plain" and self.draw.random() < 0.06):  # noqa: PLR2004
            return self.draw.choice(people.MESSAGES)
        return None

    def _note(self) -> Json | None:
        if self.kind == "message_and_note" or (self.kind == "plain" and self.draw.random() < 0.02):  # noqa: PLR2004
            return {"text": self.draw.choice(people.NOTES)}
        return None

    # Lines

    def _chosen(self) -> list[tuple[Offer, int]]:
        special, common = self.catalog.special, self.catalog.common
        fixed: dict[str, list[tuple[Offer, int]]] = {
            "vat_8": [(special["eight"], 2)],
            "vat_5": [(special["book"], 1)],
            "vat_mixed": [(special["eight"], 1), (special["food"], 3), (self.draw.choice(common), 1)],
            "tax_exempt": [(special["course"], 1)],
            "tax_partly_null": [(self.draw.choice(common), 1), (special["cork"], 2)],
            "deposit": [(special["water"], 2), (special["cork"], 1)],
            "product_set": [(special["set"], 2)],
            "services": [(special["cabinet"], 1)],
            "no_sku": [(special["nosku"], 1)],
            "emoji": [(special["emoji"], 1)],
            "cjk": [(special["cjk"], 1)],
            "markup_in_names": [(special["quoted"], 1)],
            "extended_term": [(self.draw.choice(common), 40)],
            "business_cz": [(self.draw.choice(common), 4)],
            "merged": [(common[3], 2), (common[4], 1)],
            "company_no_nip": [(self.draw.choice(common), 3)],
        }
        if self.kind == "multipack":
            offer = self.draw.choice(common)
            return [(offer, 1), (offer, 2)]
        if self.kind in fixed:
            return fixed[self.kind]
        count = self.draw.choices((1, 2, 3, 5, 9), weights=(70, 18, 8, 3, 1))[0]
        return [
            (offer, self.draw.choices((1, 2, 3, 10), (75, 15, 7, 3))[0])
            for offer in self.draw.sample(common, count)
        ]

    def _lines(self) -> list[Json]:
        return [self._line(number, offer, count) for number, (offer, count) in enumerate(self._chosen())]

    def _unit_price(self, offer: Offer) -> int:
        factor = {"CZK": 590, "EUR": 23, "HUF": 9_200}.get(self.currency)
        if factor is None:
            return offer.price_minor
        converted = offer.price_minor * factor // 100
        # Prices end in 0/5 forints and whole crowns.
        step = {"CZK": 100, "HUF": 500}.get(self.currency, 1)
        return max(step, converted - converted % step)

    def _line(self, number: int, offer: Offer, count: int) -> Json:
        original = self._unit_price(offer)
        unit, discounts = self._discounted(number, original)
        deposit = 300 if self.kind == "deposit" and number == 0 else 0
        services = self._services()
        self.total_minor += (unit + deposit) * count + (12_000 if services else 0)
        bought = self.order.bought_ms
        if self.kind == "merged" and number == 0:
            bought -= 90 * MINUTE
        return {
            "id": identifier("b", self.order.key, self.order.index * 16 + number),
            "offer": {
                "id": offer.id,
                "name": offer.name,
                "external": {"id": offer.sku} if offer.sku else None,
                "productSet": self._product_set(),
                "hsNumber": None,
            },
            "quantity": count,
            "originalPrice": price(original, self.currency),
            "price": price(unit, self.currency),
            "deposit": {"price": price(deposit, self.currency)} if deposit else None,
            "reconciliation": self._reconciliation(count),
            "selectedAdditionalServices": services,
            "vouchers": [],
            "tax": self._tax(number, offer),
            "boughtAt": iso(bought),
            "discounts": discounts,
            "serialNumbers": {"expected": False, "entries": []},
        }

    def _discounted(self, number: int, original: int) -> tuple[int, list[Json] | None]:
        if self.kind == "multipack" and number == 0:
            return original * 80 // 100, [{"type": "UNIT_PERCENTAGE_DISCOUNT"}]
        if self.kind == "coupon":
            return original * 90 // 100, [{"type": "COUPON"}]
        if self.kind == "extended_term":
            return original * 93 // 100, [{"type": "WHOLESALE_PRICE_LIST"}]
        return original, None

    def _services(self) -> list[Json]:
        if self.kind != "services":
            return []
        return [
            {
                "definitionId": "CARRY_IN",
                "name": "Wniesienie",
                "price": price(9_000, self.currency),
                "quantity": 1,
            },
            {
                "definitionId": "ASSEMBLY",
                "name": "Montaż",
                "price": price(3_000, self.currency),
                "quantity": 1,
            },
        ]

    def _product_set(self) -> Json | None:
        if self.kind != "product_set":
            return None
        first, second = identifier("d", 907, 1), identifier("d", 907, 2)
        return {"products": [{"id": first, "quantity": 1}, {"id": second, "quantity": 2}]}

    def _reconciliation(self, count: int) -> Json | None:
        kinds = {"prices_billing": "BILLING", "prices_wallet": "WALLET"}
        if self.kind not in kinds:
            return None
        return {"value": price(1_000, self.currency), "type": kinds[self.kind], "quantity": count}

    def _tax(self, number: int, offer: Offer) -> Json | None:
        if self.kind in {"tax_null", "business_cz"} or (self.kind == "tax_partly_null" and number):
            return None
        if self.foreign_rate is not None:
            return {"rate": self.foreign_rate, "subject": None, "exemption": None}
        if offer.tax_rate == "zw":
            return {"rate": None, "subject": "SERVICES", "exemption": "OTHER"}
        return {"rate": offer.tax_rate, "subject": "GOODS", "exemption": None}

    # Delivery

    def _method(self) -> tuple[str, str, int]:
        fixed = {"cod_waiting": _COD, "cod_booked": _COD, "personal_pickup": _PICKUP, "services": _PALLET}
        if self.kind in MARKETS:
            return _ABROAD
        if self.kind in fixed:
            return fixed[self.kind]
        return self.draw.choices((_LOCKER, _COURIER, _POINT, _POST), weights=(55, 25, 12, 8))[0]

    def _delivery(self, lines: list[Json]) -> Json:
        method_id, name, cost = self._method()
        self.smart = method_id in {_LOCKER[0], _POINT[0]} and self.draw.random() < 0.6  # noqa: PLR2004  # share
        if self.smart or self.kind == "extended_term":
            cost = 0
        if self.currency != "PLN":
            cost = {"CZK": 9_900, "EUR": 390, "HUF": 149_000}[self.currency]
        self.total_minor += cost
        released = self.released
        bought = self.order.bought_ms
        modified = self._at(bought + 3 * HOUR) if self.kind == "address_modified" else None
        dispatch = {"from": iso(bought), "to": iso(bought + DAY)}
        return {
            "address": (
                self.party.delivery_address(modified_at=modified)
                if released and self.kind != "personal_pickup"
                else None
            ),
            "method": {"id": method_id, "name": name},
            "pickupPoint": self._pickup_point(method_id),
            "cost": price(cost, self.currency),
            "time": {
                "from": iso(bought + DAY) if released else None,
                "to": iso(bought + 3 * DAY) if released else None,
                "guaranteed": None,
                "dispatch": dispatch if released else None,
            },
            "smart": self.smart,
            "cancellation": {"date": self._at(bought + 5 * HOUR)} if self.kind == "buyer_cancelled" else None,
            "calculatedNumberOfPackages": 1 + sum(line["quantity"] for line in lines) // 20,
        }

    def _pickup_point(self, method_id: str) -> Json | None:
        if method_id not in {_LOCKER[0], _POINT[0], _COD[0]}:
            return None
        code = f"ZAZ{self.order.key % 90 + 10}{'AMN'[self.order.key % 3]}"
        return {
            "id": code,
            "name": f"Paczkomat {code}" if method_id != _POINT[0] else f"Allegro One Punkt {code}",
            "description": "Przy sklepie „Pod Atrapą”" if self.order.key % 2 else None,
            "address": {
                "street": "Skrytkowa 2",
                "zipCode": "05-099",
                "city": "Zażółcin Mały",
                "countryCode": "PL",
            },
        }

    # Payment

    def _payment(self) -> Json:
        kinds = {
            "cod_waiting": ("CASH_ON_DELIVERY", None),
            "cod_booked": ("CASH_ON_DELIVERY", None),
            "personal_pickup": ("CASH_ON_DELIVERY", None),
            "extended_term": ("EXTENDED_TERM", "EPT"),
            "split_payment": ("SPLIT_PAYMENT", "AF"),
        }
        usual = self.draw.choices(("AF", "PAYU", "P24"), weights=(90, 6, 4))[0]
        payment_type, provider = kinds.get(self.kind, ("ONLINE", usual))
        cod = payment_type == "CASH_ON_DELIVERY"
        paid: int | None = self.total_minor
        if cod or self.kind in {"filled_in", "auto_cancelled", "paid_null"}:
            paid = None
        elif self.kind == "surcharge":
            paid = self.total_minor - self._surcharge_minor()
        finished = None if self.kind == "filled_in" else self.order.bought_ms + 152 * SECOND
        if self.kind == "auto_cancelled":
            finished = self.order.bought_ms + 7 * DAY
        return {
            "id": identifier("c", self.order.key, self.order.index),
            "type": payment_type,
            "provider": provider,
            "finishedAt": self._at(finished) if finished is not None else None,
            "paidAmount": price(paid, self.currency) if paid is not None else None,
            "reconciliation": price(1_000, self.currency) if self.kind == "prices_wallet" else None,
            "features": ["ALLEGRO_PAY"] if self.kind == "allegro_pay" else [],
        }

    def _surcharge_minor(self) -> int:
        """What was paid later: never more than a part of the whole."""
        return min(1_900, self.total_minor // 2)

    def _surcharges(self) -> list[Json]:
        if self.kind != "surcharge":
            return []
        return [
            {
                "id": identifier("e", self.order.key, self.order.index),
                "type": "ONLINE",
                "provider": "AF",
                "finishedAt": self._at(self.order.bought_ms + 22 * HOUR),
                "paidAmount": price(self._surcharge_minor(), self.currency),
                "reconciliation": None,
                "features": [],
            }
        ]

    def _cod_booked(self) -> list[Json]:
        if self.kind != "cod_booked":
            return []
        return [
            {
                "paymentId": identifier("f", self.order.key, self.order.index),
                "shipmentId": f"SHIP-{self.order.index:06d}",
                "paidAmount": price(self.total_minor, self.currency),
                "paidAt": self._at(self.order.bought_ms + 3 * DAY),
            }
        ]
