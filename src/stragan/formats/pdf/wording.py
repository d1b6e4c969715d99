"""Polish wording of figures and codes on documents. Documents are Polish whatever the screen is."""

from datetime import date
from decimal import Decimal
from typing import Final

from stragan.core.snapshot import DocumentKind, DocumentSnapshot, KsefState, SupplyKind

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"

TITLES: Final[dict[DocumentKind, str]] = {
    DocumentKind.INVOICE: "Faktura",
    DocumentKind.PRO_FORMA: "Pro forma",
    DocumentKind.OFFER: "Oferta",
    DocumentKind.RECEIPT: "Potwierdzenie sprzedaży",
    DocumentKind.OTHER_INCOME: "Inny przychód – sprzedaż",
}
"""Titles of the kinds that can be printed. A pro forma must never be called "Faktura" alone."""

CORRECTION_TITLES: Final[dict[DocumentKind, str]] = {
    DocumentKind.INVOICE: "Faktura korygująca",
    DocumentKind.RECEIPT: "Korekta potwierdzenia sprzedaży",
    DocumentKind.OTHER_INCOME: "Korekta innego przychodu",
}
"""Titles of corrections by what they correct: only that of an invoice is an invoice."""

DISCLAIMERS: Final[dict[DocumentKind, str]] = {
    DocumentKind.PRO_FORMA: "Nie jest fakturą ani dowodem księgowym. Nie uprawnia do odliczenia VAT.",
    DocumentKind.OFFER: "Informacja handlowa. Nie jest fakturą ani dowodem księgowym.",
    DocumentKind.RECEIPT: "Dokument niefiskalny. Nie jest paragonem fiskalnym ani fakturą.",
    DocumentKind.OTHER_INCOME: "Dowód wewnętrzny do ewidencji sprzedaży. Nie jest fakturą ani paragonem.",
}
"""What a document is not, under its title: it must not be taken for an invoice or a fiscal receipt."""

DUE_LABELS: Final[dict[DocumentKind, str]] = {
    DocumentKind.OFFER: "Wartość oferty",
    DocumentKind.RECEIPT: "Razem",
    DocumentKind.OTHER_INCOME: "Razem",
}

REMARKS: Final[dict[DocumentKind, str]] = {
    DocumentKind.PRO_FORMA: "Fakturę wystawimy po zapłacie lub dostawie.",
    DocumentKind.RECEIPT: "Na życzenie wystawimy fakturę (do 3 miesięcy od końca miesiąca sprzedaży).",
}
"""What follows from the law for the buyer (VAT Act art. 106b(3))."""

EVIDENCE: Final = "Sprzedaż na Allegro, której nie dokumentuje faktura ani paragon z kasy rejestrującej."

SUPPLY_LABELS: Final[dict[SupplyKind, str]] = {
    SupplyKind.DELIVERY: "Data sprzedaży",
    SupplyKind.PAYMENT: "Data zapłaty",
}

PAYMENT_METHODS: Final[dict[str, str]] = {
    "online": "płatność Allegro",
    "cod": "za pobraniem",
    "transfer": "przelew",
    "split": "mechanizm podzielonej płatności",
    "deferred": "odroczona płatność Allegro",
    "other": "inna forma płatności",
}

PROVIDERS: Final[dict[str, str]] = {
    "PAYU": "PayU",
    "P24": "Przelewy24",
    "AF": "",  # Allegro's own, "płatność Allegro" says it
    "EPT": "Allegro Pay Business",
    "OFFLINE": "",
}

KSEF_NOTES: Final[dict[KsefState, str]] = {
    KsefState.NOT_SENT: "nie wysłano do KSeF",
    KsefState.OUTSIDE: "Faktura dla nabywcy bez NIP, wystawiona poza KSeF.",
}

VAT_LABELS: Final[dict[str, str]] = {
    "0 KR": "0%",
    "0 WDT": "0% WDT",
    "0 EX": "0% EX",
    "np I": "np",
    "np II": "np",
}

COUNTRIES: Final[dict[str, str]] = {
    "AT": "Austria", "BE": "Belgia", "BG": "Bułgaria", "CH": "Szwajcaria", "CY": "Cypr", "CZ": "Czechy",
    "DE": "Niemcy", "DK": "Dania", "EE": "Estonia", "ES": "Hiszpania", "FI": "Finlandia", "FR": "Francja",
    "GB": "Wielka Brytania", "GR": "Grecja", "HR": "Chorwacja", "HU": "Węgry", "IE": "Irlandia",
    "IT": "Włochy", "LT": "Litwa", "LU": "Luksemburg", "LV": "Łotwa", "MT": "Malta", "NL": "Niderlandy",
    "NO": "Norwegia", "PT": "Portugalia", "RO": "Rumunia", "SE": "Szwecja", "SI": "Słowenia",
    "SK": "Słowacja", "UA": "Ukraina", "US": "Stany Zjednoczone",
}  # fmt: skip


def amount(value: Decimal) -> str:
    """Print an amount: "1 234,56" with no-break spaces, a real minus, two decimals."""
    text = f"{abs(value):,.2f}".replace(",", NBSP).replace(".", ",")
    return MINUS + text if value < 0 else text


def signed(value: Decimal) -> str:
    """Print a difference: as an amount, with its plus too."""
    return f"+{amount(value)}" if value > 0 else amount(value)


def quantity(value: Decimal) -> tuple[str, str]:
    """Print a quantity without idle zeros, as its whole part and its decimals with the comma."""
    whole, _, decimals = f"{abs(value):,f}".replace(",", NBSP).partition(".")
    decimals = decimals.rstrip("0")
    sign = MINUS if value < 0 else ""
    return sign + whole, f",{decimals}" if decimals else ""


def day(value: date) -> str:
    """Print a day the Polish way: 7.12.2026."""
    return f"{value.day}.{value.month}.{value.year}"


def vat_label(code: str) -> str:
    """Print a VAT code: "23%", "zw", "0% WDT"."""
    return VAT_LABELS.get(code, f"{code}%" if code.isdecimal() else code)


def currency_label(currency: str) -> str:
    """Print a currency beside amounts: "zł" or its code."""
    return "zł" if currency == "PLN" else currency


def days(count: int) -> str:
    """Print a number of days: "1 dzień", "14 dni"."""
    return f"{count}{NBSP}{'dzień' if count == 1 else 'dni'}"


def repeated_receipt(snapshot: DocumentSnapshot) -> str:
    """Name the receipt an invoice was issued to: of the cash register where there is one."""
    receipt = snapshot.fiscal_receipt
    if receipt is None:
        return f"Faktura do dokumentu {snapshot.to_receipt}."
    return (
        f"Faktura do paragonu fiskalnego nr {receipt.number} z dnia {day(receipt.date)}, "
        f"kasa {receipt.register_id} ({snapshot.to_receipt})."
    )


def account(iban: str) -> str:
    """Print a bank account in groups of four, Polish ones without their country: "85 9990 0000"."""
    compact = iban.replace(" ", "")
    if compact.startswith("PL"):
        compact = compact[2:]
        groups = [compact[:2], *(compact[place : place + 4] for place in range(2, len(compact), 4))]
    else:
        groups = [compact[place : place + 4] for place in range(0, len(compact), 4)]
    return NBSP.join(filter(None, groups))


def payment_method(method: str, provider: str) -> str:
    """Name a way of paying: "płatność Allegro (PayU)"."""
    label = PAYMENT_METHODS.get(method, method)
    name = PROVIDERS.get(provider, provider)
    return f"{label} ({name})" if name and method == "online" else label


def exemption(basis: str) -> str:
    """Print a legal basis of exemption: "zwolnienie: art. 113 ust. 1 ustawy o VAT"."""
    return basis if basis.casefold().startswith(("zwoln", "sprzedawca zwoln")) else f"zwolnienie: {basis}"
