"""Order forms as Allegro would send them, made by hand from its documentation."""

import copy
import json
from typing import Any

FORM: dict[str, Any] = {
    "id": "5f1a0001-aaaa-11f1-9000-000000000001",
    "messageToSeller": None,
    "buyer": {
        "id": "4411",
        "email": "k1+w2@allegromail.example",
        "login": "zielony_kubek",
        "firstName": "Żaneta",
        "lastName": None,
        "companyName": None,
        "guest": False,
        "phoneNumber": "+48 500 100 200",
        "preferences": {"language": "pl-PL"},
        "address": {"street": "Długa 5", "city": "Łódź", "postCode": "90-001", "countryCode": "PL"},
    },
    "payment": {
        "id": "6f1a0001-aaaa-11f1-9000-000000000001",
        "type": "ONLINE",
        "provider": "AF",
        "finishedAt": "2026-11-20T09:18:02.512Z",
        "paidAmount": {"amount": "52.89", "currency": "PLN"},
        "reconciliation": None,
        "features": ["ALLEGRO_PAY"],
    },
    "status": "READY_FOR_PROCESSING",
    "fulfillment": {
        "status": "NEW",
        "shipmentSummary": {"lineItemsSent": "NONE"},
        "provider": {"id": "SELLER"},
    },
    "delivery": {
        "address": {
            "firstName": "Żaneta",
            "lastName": "Bąk",
            "street": "Długa 5",
            "city": "Łódź",
            "zipCode": "90-001",
            "countryCode": "PL",
            "companyName": None,
            "modifiedAt": "2026-11-20T13:00:00+01:00",
        },
        "method": {"id": "m-1", "name": "Paczkomat"},
        "pickupPoint": {"id": "LOD01A", "name": "Paczkomat LOD01A", "address": {"zipCode": "90-002"}},
        "cost": {"amount": "12.99", "currency": "PLN"},
        "time": {"from": "2026-11-23T07:00:00Z", "to": None, "dispatch": {"to": "2026-11-22T22:59:59.999Z"}},
        "smart": True,
        "cancellation": None,
        "calculatedNumberOfPackages": 1,
    },
    "invoice": {
        "required": True,
        "address": {
            "street": "Krótka 1",
            "city": "Łódź",
            "zipCode": "90-003",
            "countryCode": "PL",
            "company": {
                "name": "Kubki Sp. z o.o.",
                "ids": [{"type": "PL_NIP", "value": "9990000020"}],
                "taxId": "9990000020",
            },
            "naturalPerson": None,
        },
        "features": None,
    },
    "lineItems": [
        {
            "id": "7f1a0001-aaaa-11f1-9000-000000000001",
            "offer": {
                "id": "12001",
                "name": "Kubek",
                "external": {"id": "KUB-1"},
                "productSet": {"products": [{"id": "p-1", "quantity": 2}]},
            },
            "quantity": 1,
            "originalPrice": {"amount": "42.00", "currency": "PLN"},
            "price": {"amount": "39.90", "currency": "PLN"},
            "deposit": {"price": {"amount": "0.50", "currency": "PLN"}},
            "reconciliation": {
                "value": {"amount": "2.10", "currency": "PLN"},
                "type": "BILLING",
                "quantity": 1,
            },
            "selectedAdditionalServices": [
                {
                    "definitionId": "WRAP",
                    "name": "Pakowanie",
                    "price": {"amount": "5.00", "currency": "PLN"},
                    "quantity": 1,
                }
            ],
            "vouchers": [],
            "tax": {"rate": "23.00", "subject": "GOODS", "exemption": None},
            "boughtAt": "2026-11-20T09:15:30.123Z",
            "discounts": [{"type": "COUPON"}],
        }
    ],
    "surcharges": [],
    "note": {"text": "pilne"},
    "marketplace": {"id": "allegro-pl"},
    "summary": {"totalToPay": {"amount": "52.89", "currency": "PLN"}},
    "updatedAt": "2026-11-20T09:18:05.001Z",
    "revision": "bd41",
}


def a_form(**changed: Any) -> dict[str, Any]:
    """Return a full form with top-level keys replaced."""
    return {**copy.deepcopy(FORM), **changed}


def with_line(**changed: Any) -> bytes:
    """Return the bytes of a form whose only line has keys replaced."""
    form = a_form()
    form["lineItems"][0].update(changed)
    return json.dumps(form).encode()


def as_bytes(form: object) -> bytes:
    """Write a form as Allegro would."""
    return json.dumps(form, ensure_ascii=False).encode()
