"""The account behind a token, and the marketplaces there are."""

from msgspec import Struct

from stragan.gateways.allegro.forms import Identifier
from stragan.gateways.allegro.parsing import convert, read_json


class Me(Struct, frozen=True, kw_only=True):
    """The seller; ``id`` is the stable key of a connection."""

    id: str
    login: str
    company_name: str | None = None
    tax_id: str | None = None
    marketplace: str | None = None
    email: str | None = None


class Marketplace(Struct, frozen=True, kw_only=True):
    """A marketplace with the currencies and languages it trades in."""

    id: str
    currencies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class _Company(Struct, frozen=True, rename="camel"):
    name: str | None = None
    tax_id: str | None = None


class _Reference(Struct, frozen=True):
    id: str | None = None


class _Me(Struct, frozen=True, rename="camel"):
    id: Identifier
    login: str = ""
    email: str | None = None
    company: _Company = _Company()
    base_marketplace: _Reference = _Reference()


class _Code(Struct, frozen=True):
    code: str = ""


class _Offered(Struct, frozen=True):
    base: _Code = _Code()
    additional: tuple[_Code, ...] = ()


class _Languages(Struct, frozen=True, rename="camel"):
    offer_creation: tuple[_Code, ...] = ()


class _Marketplace(Struct, frozen=True):
    id: Identifier
    currencies: _Offered = _Offered()
    languages: _Languages = _Languages()


class _Marketplaces(Struct, frozen=True):
    marketplaces: tuple[_Marketplace, ...] = ()


def read_me(body: bytes) -> Me:
    """Read the account."""
    me = convert(read_json(body), _Me)
    return Me(
        id=me.id,
        login=me.login,
        company_name=me.company.name,
        tax_id=me.company.tax_id,
        marketplace=me.base_marketplace.id,
        email=me.email,
    )


def read_marketplaces(body: bytes) -> tuple[Marketplace, ...]:
    """Read all marketplaces; the base currency comes first."""
    return tuple(
        Marketplace(
            id=item.id,
            currencies=tuple(
                currency.code
                for currency in (item.currencies.base, *item.currencies.additional)
                if currency.code
            ),
            languages=tuple(language.code for language in item.languages.offer_creation if language.code),
        )
        for item in convert(read_json(body), _Marketplaces).marketplaces
    )
