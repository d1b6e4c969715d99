"""How amounts, numbers, days and moments are written for people, in the language of the page."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext, pgettext

from stragan.kit.counting import LIMIT, is_capped

WARSAW: Final = ZoneInfo("Europe/Warsaw")
NBSP: Final = "\u00a0"
NONE: Final = "–"

_SYMBOLS: Final = {"PLN": "zł"}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NIP_LENGTH: Final = 10


def is_polish() -> bool:
    """Whether the page being made is in Polish (also when no language is active)."""
    return (get_language() or "pl").startswith("pl")


def _grouped(text: str) -> str:
    """Turn ``1,234.56`` into what the language writes: ``1 234,56`` with no-break spaces in Polish."""
    if not is_polish():
        return text
    return text.replace(",", NBSP).replace(".", ",")


def number(value: int) -> str:
    """Write a whole number with its thousands apart."""
    return _grouped(f"{value:,}").replace("-", "−")


def quantity(value: Decimal | None) -> str:
    """Write a quantity with the decimals it has and no more; a dash stands for none."""
    if value is None:
        return NONE
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return _grouped(text).replace("-", "−")


def counted(value: int) -> str:
    """Write a count that was stopped at its limit, 10,000 rows: above that only ``10 000+`` is known."""
    return f"{number(getattr(value, 'limit', LIMIT))}+" if is_capped(value) else number(value)


def amount(value: Decimal | None) -> str:
    """Write an amount with exactly two decimals and no currency; a dash stands for none."""
    if value is None:
        return NONE
    return _grouped(f"{value:,.2f}").replace("-", "−")


def amounts() -> Callable[[Decimal | None], str]:
    """Give ``amount`` in the language of the page, looked up once and not for each cell of a long table."""
    is_grouped = is_polish()

    def write(value: Decimal | None) -> str:
        if value is None:
            return NONE
        text = f"{value:,.2f}".replace("-", "−")
        return text.replace(",", NBSP).replace(".", ",") if is_grouped else text

    return write


def money(value: Decimal | None, currency: str = "PLN") -> str:
    """Write an amount with its currency after a no-break space; a dash stands for none."""
    if value is None:
        return NONE
    return f"{amount(value)}{NBSP}{_SYMBOLS.get(currency, currency)}"


def moneys() -> Callable[[Decimal | None, str], str]:
    """Give ``money`` in the language of the page, as ``amounts`` does."""
    write = amounts()

    def money_of(value: Decimal | None, currency: str) -> str:
        return NONE if value is None else f"{write(value)}{NBSP}{_SYMBOLS.get(currency, currency)}"

    return money_of


def local(moment: datetime) -> datetime:
    """Return *moment* as clocks in Warsaw show it."""
    assert moment.tzinfo is not None, "instants are aware"
    return moment.astimezone(WARSAW)


def day(value: date | datetime | None, *, short: bool = False) -> str:
    """Write a day: ``23.11.2026`` or ``23 Nov 2026``; short without the year."""
    if value is None:
        return NONE
    when = local(value) if isinstance(value, datetime) else value
    if is_polish():
        return f"{when:%d.%m}" if short else f"{when:%d.%m.%Y}"
    name = f"{when.day} {_MONTHS[when.month - 1]}"
    return name if short else f"{name} {when.year}"


def days() -> Callable[[date], str]:
    """Give ``day`` in the language of the page; the same day is written once."""
    return cache(day)


def moment(value: datetime | None, style: str = "") -> str:
    """Write an instant in Warsaw time: to the minute, ``short`` without the year, ``long`` with seconds.

    ``time`` writes the hour and minute only.
    """
    if value is None:
        return NONE
    when = local(value)
    if style == "time":
        return f"{when:%H:%M}"
    clock = f"{when:%H:%M:%S}" if style == "long" else f"{when:%H:%M}"
    return f"{day(when, short=style == 'short')}{NBSP}{clock}"


def moments(this_year: int = 0, *, seconds: bool = False) -> Callable[[datetime | None], str]:
    """Give ``moment`` in the language of the page, to the minute or second; *this_year* is left out."""
    write_day = cache(day)

    def write(value: datetime | None) -> str:
        if value is None:
            return NONE
        when = value.astimezone(WARSAW)
        date_of = write_day(when.date(), short=when.year == this_year)
        clock = f"{when.hour:02}:{when.minute:02}"
        return f"{date_of}{NBSP}{clock}:{when.second:02}" if seconds else f"{date_of}{NBSP}{clock}"

    return write


def age(since: datetime | None, now: datetime) -> str:
    """Write how long ago *since* was, in its largest unit: ``12 s``, ``6 min``, ``15 godz.``, ``3 dni``."""
    if since is None:
        return NONE
    passed = max(now - since, timedelta())
    seconds = int(passed.total_seconds())
    if seconds < 60:  # noqa: PLR2004 -- seconds of a minute
        return f"{seconds}{NBSP}s"
    minutes = seconds // 60
    if minutes < 60:  # noqa: PLR2004 -- minutes of an hour
        return f"{minutes}{NBSP}min"
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004 -- two days still read well in hours
        unit = pgettext("hours, abbreviated", "h")
        return f"{hours}{NBSP}{unit}"
    days = hours // 24
    unit = ngettext("day", "days", days)
    return f"{days}{NBSP}{unit}"


def nip(value: str) -> str:
    """Write a Polish tax number in its usual groups; anything else as it is."""
    if len(value) == _NIP_LENGTH and value.isdigit():
        return f"{value[:3]}-{value[3:6]}-{value[6:8]}-{value[8:]}"
    return value


def iso(value: datetime | date) -> str:
    """Write an instant or day for the ``datetime`` attribute of ``<time>``."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
