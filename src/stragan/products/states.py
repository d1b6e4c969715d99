"""Words of the catalog: groups of goods for the VAT file, rates of the flat-rate tax."""

from typing import Final

GTU_CODES: Final = tuple(f"{number:02}" for number in range(1, 14))
# Flat-rate tax act art. 12: percent of revenue, from the highest.
RYCZALT_RATES: Final = ("17", "15", "14", "12.5", "12", "10", "8.5", "5.5", "3", "2")
UNITS: Final = ("szt.", "kpl.", "op.", "para", "m", "m²", "kg", "l", "usł.")
PIECE: Final = "szt."
MANY_NAMES: Final = 50
MANY_COMPONENTS: Final = 50
