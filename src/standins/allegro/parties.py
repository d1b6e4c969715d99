"""Who buys, who receives, who is on the invoice."""

from random import Random
from typing import Final

from standins.allegro import people
from standins.allegro.orders import Json, Order

_ABROAD: Final[dict[str, dict[str, str]]] = {
    "cz": {"language": "cs-CZ", "country": "CZ", "street": "Zkušební 99", "city": "Testov", "zip": "100 00"},
    "sk": {
        "language": "sk-SK",
        "country": "SK",
        "street": "Skúšobná 7",
        "city": "Vymyslovce",
        "zip": "811 01",
    },
    "hu": {
        "language": "hu-HU",
        "country": "HU",
        "street": "Próba utca 5.",
        "city": "Kitaláltfalva",
        "zip": "1011",
    },
    "business_cz": {
        "language": "cs-CZ",
        "country": "CZ",
        "street": "Vzorová 12",
        "city": "Testov",
        "zip": "100 00",
    },
    "vat_eu_unverified": {
        "language": "cs-CZ",
        "country": "CZ",
        "street": "Nejistá 3",
        "city": "Testov",
        "zip": "100 00",
    },
}
_FOREIGN_NAMES: Final = {
    "CZ": ("Petra", "Zkušební"),
    "SK": ("Ľubomír", "Skúšobný"),
    "HU": ("Ágnes", "Próbafalvi"),
}


class Party:
    """The people of one order, drawn once."""

    def __init__(self, order: Order, draw: Random, seed: int) -> None:
        self.order = order
        self.kind = order.kind
        abroad = _ABROAD.get(order.kind)
        self.country = abroad["country"] if abroad else "PL"
        self.language = abroad["language"] if abroad else "pl-PL"
        # About a third of the orders come from people who have bought before.
        self.person = order.key % 400 if order.key % 3 == 0 else 1_000 + order.index
        who = Random((seed << 40) + self.person)
        self.first_name: str | None = who.choice(people.FIRST_NAMES)
        self.last_name: str | None = who.choice(people.LAST_NAMES)
        self.street = f"{who.choice(people.STREETS)} {who.randint(1, 120)}"
        if who.random() < 0.5:  # noqa: PLR2004  # half of them live in a flat
            self.street += f"/{who.randint(1, 60)}"
        self.city, self.zip_code = who.choice(people.CITIES)
        self.login = f"{who.choice(people.LOGINS)}_{self.person}"
        self.guest = False
        self.phone = f"+48 000 {self.person // 1000 % 1000:03d} {self.person % 1000:03d}"
        self.company = who.choice(people.FIRMS) if self._has_company(who) else None
        self.nip = people.nip(self.person * 7 + 11)
        self.wants_invoice = self._wants_invoice(draw)
        self._apply_kind(abroad)

    def _has_company(self, who: Random) -> bool:
        always = {
            "company_no_nip",
            "extended_term",
            "business_cz",
            "vat_eu_unverified",
            "company_buys_privately",
        }
        return self.kind in always or (self.kind == "plain" and who.random() < 0.22)  # noqa: PLR2004  # share

    def _wants_invoice(self, draw: Random) -> bool:
        if self.kind in {"cz", "sk", "hu", "guest"}:
            return False
        if self.kind != "plain":
            return self.company is not None or draw.random() < 0.25  # noqa: PLR2004  # share
        return draw.random() < (0.9 if self.company else 0.1)

    def _apply_kind(self, abroad: dict[str, str] | None) -> None:
        if abroad:
            self.street, self.city, self.zip_code = abroad["street"], abroad["city"], abroad["zip"]
            self.first_name, self.last_name = _FOREIGN_NAMES[self.country]
        if self.kind == "business_cz":
            self.company = "ZKOUŠKA s.r.o."
        elif self.kind == "vat_eu_unverified":
            self.company = "Nejistá Svítidla s.r.o."
        elif self.kind == "guest":
            self.guest, self.login = True, f"!g_{self.order.key:010x}"
        elif self.kind == "fresh_account":
            self.login = f"Client:{44_000_000 + self.order.index}"
            self.first_name = self.last_name = None
        elif self.kind == "long_names":
            self.first_name, self.last_name = people.LONG_FIRST_NAME, people.LONG_LAST_NAME
            self.company, self.wants_invoice = people.LONG_FIRM, True
        elif self.kind == "emoji":
            self.first_name, self.last_name = "Zosia 🐢", "Żółwik ❤️"
        elif self.kind == "cjk":
            self.first_name, self.last_name = "王小明", "Wang"
        elif self.kind == "markup_in_names":
            self.first_name, self.last_name = "Jan <b>", 'O\'Próbny & "Syn"'

    def buyer(self) -> Json:
        """Return the account that bought."""
        return {
            "id": str(900_000_000 + self.person),
            "email": f"kupujacy{self.person}x0+{self.order.key:010x}@allegromail.example.com",
            "login": self.login,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "companyName": self.company,
            "guest": self.guest,
            "personalIdentity": None,
            "phoneNumber": None if self.kind == "fresh_account" else self.phone,
            "preferences": {"language": self.language},
            "address": {
                "street": self.street,
                "city": self.city,
                "postCode": self.zip_code.replace(" ", ""),
                "countryCode": self.country,
            },
        }

    def delivery_address(self, *, modified_at: str | None) -> Json:
        """Return who receives the parcel."""
        street = "ul. Nowa Poprawiona 8" if modified_at else self.street
        return {
            "firstName": self.first_name or "Odbiorca",
            "lastName": self.last_name or "Paczki",
            "street": street,
            "city": self.city,
            "zipCode": self.zip_code,
            "countryCode": self.country,
            "companyName": self.company if self.kind != "company_buys_privately" else None,
            "phoneNumber": self.phone,
            "modifiedAt": modified_at,
        }

    def invoice(self, *, released: bool) -> Json:
        """Return the invoice block; the address is only shown once the order is released."""
        block: Json = {"required": self.wants_invoice, "address": None, "dueDate": None, "features": None}
        if not (self.wants_invoice and released):
            return block
        private = self.company is None or self.kind == "company_buys_privately"
        block["address"] = {
            "street": self.street,
            "city": self.city,
            "zipCode": self.zip_code,
            "countryCode": self.country,
            "company": None if private else self._company(),
            "naturalPerson": (
                {"firstName": self.first_name or "Anna", "lastName": self.last_name or "Próbna"}
                if private
                else None
            ),
        }
        features = {"business_cz": ["VAT_EU_VERIFIED"], "vat_eu_unverified": ["VAT_EU_UNVERIFIED"]}
        block["features"] = features.get(self.kind)
        return block

    def _company(self) -> Json:
        if self.country == "CZ":
            number = f"{self.person % 100_000_000:08d}"
            dic = f"CZ{number}"
            ids = [("CZ_ICO", number), ("CZ_DIC", dic), ("VAT_EU", dic)]
            status, tax_id = "ACTIVE", f"{number};{dic}"
        elif self.kind == "company_no_nip":
            ids, status, tax_id = [], "NOT_APPLICABLE", None
        else:
            ids, status, tax_id = [("PL_NIP", self.nip)], "NOT_APPLICABLE", self.nip
        return {
            "name": self.company,
            "ids": [{"type": name, "value": value} for name, value in ids],
            "vatPayerStatus": status,
            "taxId": tax_id,
        }
