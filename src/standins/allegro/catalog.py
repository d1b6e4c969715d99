"""What the made-up sellers sell: homeware with Polish names, SKUs, prices and VAT rates."""

from dataclasses import dataclass
from random import Random
from typing import Final

_NOUNS: Final = (
    ("Kubek ceramiczny", "KUB", 2490), ("Talerz deserowy", "TAL", 1990),
    ("Lampka biurkowa LED", "LAM", 8900), ("Świecznik mosiężny", "SWI", 4590),
    ("Pościel bawełniana", "POS", 15990), ("Koc pled", "KOC", 7990), ("Dzbanek szklany", "DZB", 5450),
    ("Deska do krojenia", "DES", 3999), ("Żyrandol loftowy", "ZYR", 34900),
    ("Ręcznik kąpielowy", "REC", 3290), ("Filiżanka ze spodkiem", "FIL", 2999),
    ("Łyżka drewniana", "LYZ", 999), ("Obrus plamoodporny", "OBR", 6900),
    ("Wazon ceramiczny", "WAZ", 8450), ("Kinkiet ścienny", "KIN", 11900),
    ("Pojemnik na chleb", "POJ", 9990), ("Zegar ścienny", "ZEG", 7450), ("Firana żakardowa", "FIR", 12900),
)  # fmt: skip
_TRAITS: Final = (
    "biały 300 ml", "zielony", "żółty w kropki", "„Żółw”", "duży 40 cm", "retro", "komplet 6 szt.",
    "granatowy mat", "ręcznie zdobiony", "z motywem łąki", "mini", "dębowy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of a seller; *tax_rate* is the rate in Poland, *price_minor* in grosze."""

    id: str
    name: str
    sku: str | None
    price_minor: int
    tax_rate: str = "23.00"


def _special(base: int) -> dict[str, Offer]:
    return {
        "book": Offer(
            str(base + 901), "Książka „Kuchnia zmyślona” – przepisy domowe", "KSI-001", 4990, "5.00"
        ),
        "food": Offer(str(base + 902), "Miód lipowy 900 g", "MIO-900", 4450, "5.00"),
        "eight": Offer(str(base + 903), "Ziemia ogrodowa nawozowa 20 l", "ZIE-020", 2150, "8.00"),
        "water": Offer(str(base + 904), "Woda mineralna 1,5 l PET (zgrzewka 6 szt.)", "WOD-006", 1494),
        "cork": Offer(str(base + 905), "Podkładki korkowe 4 szt.", "POD-004", 1150),
        "course": Offer(
            str(base + 906), "Warsztaty lepienia garnków – bon edukacyjny", "WAR-001", 19900, "zw"
        ),
        "set": Offer(str(base + 907), "Zestaw śniadaniowy: kubek + 2 talerze", "ZES-003", 8900),
        "cabinet": Offer(str(base + 908), "Kredens dębowy „Babuni” 180 cm", "KRE-180", 189900),
        "nosku": Offer(str(base + 909), "Niespodzianka kuchenna bez sygnatury", None, 1500),
        "emoji": Offer(str(base + 910), "Kubek 🐢 „Żółw” ☕ 300 ml ❤️", "KUB-🐢", 2990),
        "cjk": Offer(str(base + 911), "Czarka do herbaty 茶碗 z Zażółcina", "CZA-茶", 5990),
        "quoted": Offer(str(base + 912), 'Taca <mała> & "duża" 20% taniej; =SUMA(A1)', "TAC-<&>", 4400),
    }


class Catalog:
    """All offers of one seller, the same for the same seed."""

    def __init__(self, *, seed: int, seller: int) -> None:
        draw = Random(f"catalog:{seed}:{seller}")
        base = 17_000_000_000 + seller * 1_000_000
        pairs = [(noun, trait) for noun in _NOUNS for trait in _TRAITS]
        draw.shuffle(pairs)
        self.common = tuple(
            Offer(
                id=str(base + number),
                name=f"{name} {trait}",
                sku=f"{prefix}-{number:03d}",
                price_minor=price + draw.choice((0, 0, 100, 500, -1, 250)),
            )
            for number, ((name, prefix, price), trait) in enumerate(pairs[:60], start=1)
        )
        self.special = _special(base)
        # The same SKU on two offers: life does not keep them unique.
        twin = self.common[0]
        self.twin = Offer(str(base + 999), f"{twin.name} (wznowiona)", twin.sku, twin.price_minor + 100)

    def all(self) -> tuple[Offer, ...]:
        """Return every offer in a stable order."""
        return (*self.common, *self.special.values(), self.twin)
