"""From Allegro's JSON to typed values: tolerant where nothing is lost, strict about money."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec

from stragan.core.money import CENT
from stragan.gateways.allegro.errors import UnreadablePayload
from stragan.gateways.allegro.forms import CheckoutForm

_T = TypeVar("_T")

_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2}0{0,6})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,12}(?:\.0{1,6})?")
_WIDEST_INT: Final = 10**12
# Escapes that are legal JSON but no text: NUL, which PostgreSQL refuses, and halves of surrogate pairs.
_UNTYPABLE: Final = re.compile(
    rb"\\u0000|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_REPLACEMENT: Final = rb"\\ufffd"
# Numbers with a fraction arrive as the text they were written in, so no float ever exists.
_JSON: Final = msgspec.json.Decoder(float_hook=str)
_BROKEN: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_PLACE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_MISSING: Final = re.compile(r"missing required field `(?P<name>.*?)`")
_EXPECTED: Final = re.compile(r"^Expected `(?P<wanted>.*?)`, got `(?P<got>.*?)`$")
_STEP: Final = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")
_WORDS: Final = {
    "str": "text",
    "int": "a whole number",
    "bool": "yes or no",
    "decimal": "an amount such as 12.34",
    "datetime": "a point in time",
    "array": "a list",
    "object": "a group of fields",
    "null": "nothing",
}


@lru_cache(maxsize=4096, typed=True)  # prices repeat from order to order; True is no 1
def _exact_amount(value: Any) -> Any:
    """Return a Decimal with two places for what is plainly an amount, else the value as it was."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value).quantize(CENT)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _WIDEST_INT:
        return Decimal(value).quantize(CENT)
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value.partition(".")[0])
    return value


def _instant(value: Any) -> Any:
    """Return an aware UTC instant; Allegro means UTC where it names no zone."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return value


def _text(value: Any) -> Any:
    """Ids and rates are text; some captures show them as numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


_AMOUNTS: Final = ("amount",)
_COUNTS: Final = ("available", "calculatedNumberOfPackages", "quantity", "sold")
_INSTANTS: Final = (
    "boughtAt", "createdAt", "date", "endedAt", "endingAt", "finishedAt", "from", "modifiedAt", "occurredAt",
    "paidAt", "startedAt", "to", "updatedAt", "uploadedAt", "verifiedAt",
)  # fmt: skip
_TEXTS: Final = (
    "code", "hsNumber", "id", "login", "phoneNumber", "postCode", "rate", "revision", "taxId", "value",
    "zipCode",
)  # fmt: skip
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(_AMOUNTS, _exact_amount),
    **dict.fromkeys(_COUNTS, _whole),
    **dict.fromkeys(_INSTANTS, _instant),
    **dict.fromkeys(_TEXTS, _text),
}


def _tidy(node: Any) -> Any:
    """Drop nulls (null means absent) and read amounts, quantities and instants by their names, in place."""
    if type(node) is list:
        return [_tidy(item) for item in node]
    if type(node) is not dict:
        return node
    absent = []
    for key, value in node.items():
        if type(value) is dict or type(value) is list:
            kept = _tidy(value) if value else value
        elif key in _READERS:
            kept = _READERS[key](value)
        else:
            kept = value
        if kept is None:
            absent.append(key)
        elif kept is not value:
            node[key] = kept
    for key in absent:
        del node[key]
    if "currency" in node and "amount" not in node:
        return None  # {"amount": null, "currency": "PLN"} states no amount
    return node


def decoded(body: bytes) -> Any:
    """Decode *body* as it stands; numbers with a fraction become the text they were written in.

    :raises msgspec.DecodeError, UnicodeDecodeError, RecursionError: it is not (whole) JSON.
    """
    try:
        node = _JSON.decode(body)
        if b"\\u0000" in body:
            node = _JSON.decode(_UNTYPABLE.sub(_REPLACEMENT, body))
    except msgspec.DecodeError:
        mended = _UNTYPABLE.sub(_REPLACEMENT, body)
        if mended == body:
            raise
        node = _JSON.decode(mended)
    return node


def read_json(body: bytes) -> Any:
    """Decode *body* with nulls dropped and amounts, quantities and instants made exact.

    :raises msgspec.DecodeError, UnicodeDecodeError, RecursionError: it is not (whole) JSON.
    """
    return _tidy(decoded(body))


def convert(node: Any, into: type[_T]) -> _T:
    """Turn a decoded node into *into*.

    :raises msgspec.ValidationError: something required is missing or of another type.
    """
    return msgspec.convert(node, into, builtin_types=(Decimal, datetime))


class Digest(msgspec.Struct, kw_only=True):
    """What tells one content of a form from another: SHA-256 (hex). Keeps what was decoded for it."""

    content_sha256: str
    node: Any = None  # spent by the first reading


def digest_of(payload: bytes) -> Digest:
    """Digest the form's content: order of keys, white space and ``revision`` do not matter.

    Works for any bytes; what is not JSON is hashed as it is.
    """
    node = None
    try:
        node = _JSON.decode(payload)
        revision = node.pop("revision", None) if type(node) is dict else None
        canonical = msgspec.json.encode(node, order="sorted")
        if revision is not None:
            node["revision"] = revision
    except (*_BROKEN, UnicodeEncodeError, ValueError):
        node, canonical = None, payload
    return Digest(content_sha256=hashlib.sha256(canonical).hexdigest(), node=node)


def content_hash(payload: bytes) -> str:
    """SHA-256 (hex) of the form's content, as ``digest_of`` gives it."""
    return digest_of(payload).content_sha256


def parse_form(payload: bytes, *, digest: Digest | None = None) -> CheckoutForm:
    """Read one order form: exact amounts, aware UTC instants, null the same as absent.

    A *digest* of the same bytes saves decoding them once more.

    :raises UnreadablePayload: it is not JSON, lacks what every order has, or states an impossible
        amount or quantity. The place and a reason for people are in the error.
    """
    try:
        node = _decoded(payload, digest)
    except _BROKEN as broken:
        raise UnreadablePayload(
            path="$", problem="not_json", reason="the form is not complete JSON"
        ) from broken
    try:
        return convert(node, CheckoutForm)
    except msgspec.ValidationError as invalid:
        raise _explained(str(invalid), node) from invalid


def _decoded(payload: bytes, digest: Digest | None) -> Any:
    if digest is None or digest.node is None or b"\\u0000" in payload:
        return read_json(payload)
    node, digest.node = digest.node, None
    return _tidy(node)


def _explained(message: str, node: Any) -> UnreadablePayload:
    """Say in plain words what msgspec objected to."""
    found = _PLACE.match(message)
    assert found is not None, "the pattern matches any text"
    path, what = found["path"] or "$", found["what"]
    if missing := _MISSING.search(what):
        name = missing["name"]
        return UnreadablePayload(
            path=f"{path}.{name}", problem="missing", reason=f"the required field {name} is missing"
        )
    value = _value_at(path, node)
    if what == "out of range":
        return UnreadablePayload(
            path=path, problem="bad_amount", reason=f"{value['amount']} is not a possible amount"
        )
    if expected := _EXPECTED.match(what):
        shown = value if path.endswith((".amount", ".quantity")) else _words(expected["got"])
        wanted = _words(expected["wanted"])
        problem = "bad_amount" if path.endswith(".amount") else "wrong_type"
        return UnreadablePayload(path=path, problem=problem, reason=f"expected {wanted}, found {shown!s:.40}")
    return UnreadablePayload(path=path, problem="bad_value", reason=what)


def _words(kinds: str) -> str:
    return " or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | ") if kind != "null") or "nothing"


def _value_at(path: str, node: Any) -> Any:
    for name, place in _STEP.findall(path):
        node = node[name] if name else node[int(place)]
    return node
