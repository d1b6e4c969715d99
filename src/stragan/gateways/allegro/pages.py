"""Pages of order forms, each form kept as the exact bytes Allegro sent.

A form may hold what a strict reader refuses (half a surrogate pair, a control character). It must not
take its page along, so a page that fails is split by its brackets alone.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct


class RawForm(Struct, frozen=True, kw_only=True):
    """One form as it came; ``form_id`` is empty when even that cannot be read."""

    form_id: str
    payload: bytes
    trace_id: str


class FormPage(Struct, frozen=True, kw_only=True):
    """A page of a list; ``total_count`` is Allegro's count for the whole filter at this moment."""

    forms: tuple[RawForm, ...]
    count: int
    total_count: int
    trace_id: str


class _Page(Struct, frozen=True, rename="camel"):
    checkout_forms: tuple[msgspec.Raw, ...]
    total_count: int
    count: int | None = None


class _Identity(Struct, frozen=True):
    id: str | int


_PAGE: Final = msgspec.json.Decoder(_Page, strict=False)
_IDENTITY: Final = msgspec.json.Decoder(_Identity)
_FORMS: Final = re.compile(rb'"checkoutForms"\s*:\s*\[')
_SIGN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_LEADING_ID: Final = re.compile(rb'\s*\{\s*"id"\s*:\s*"([A-Za-z0-9-]{1,64})"')


def raw_form(payload: bytes, *, trace_id: str) -> RawForm:
    """Wrap one form's bytes; a form without a readable id gets an empty one."""
    try:
        form_id = str(_IDENTITY.decode(payload).id)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        leading = _LEADING_ID.match(payload)
        form_id = leading[1].decode() if leading else ""
    return RawForm(form_id=form_id, payload=payload, trace_id=trace_id)


def read_form(body: bytes, *, trace_id: str) -> RawForm:
    """Take one form as it came.

    :raises msgspec.DecodeError: it was cut off.
    """
    if not is_whole(body):
        raise msgspec.DecodeError
    return raw_form(body, trace_id=trace_id)


def read_page(body: bytes, *, trace_id: str) -> FormPage:
    """Split a page into forms without looking into them, so that none can spoil the others."""
    try:
        page = _PAGE.decode(body)
        payloads = [bytes(raw) for raw in page.checkout_forms]
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if not is_whole(body):
            raise
        frame, payloads = _split(body)
        page = _PAGE.decode(frame)
    forms = tuple(raw_form(payload, trace_id=trace_id) for payload in payloads)
    count = len(forms) if page.count is None else page.count
    return FormPage(forms=forms, count=count, total_count=page.total_count, trace_id=trace_id)


def is_whole(body: bytes) -> bool:
    """Tell whether *body* is one object or list whose brackets all close: nothing was cut off."""
    depth = 0
    for depth, end in _depths(body):
        if depth <= 0:
            return depth == 0 and not body[end:].strip()
    return False


def _depths(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield the depth after each bracket, and where that bracket ends."""
    depth = 0
    for sign in _SIGN.finditer(body):
        if sign[0] in {b"[", b"{"}:
            depth += 1
        elif sign[0] in {b"]", b"}"}:
            depth -= 1
        else:
            continue
        yield depth, sign.end()


def _split(body: bytes) -> tuple[bytes, list[bytes]]:
    """Cut a whole page into its frame without forms and the bytes of each form."""
    opening = _FORMS.search(body)
    if opening is None:
        return body, []
    depth, start, payloads = 0, opening.end(), []
    for sign in _SIGN.finditer(body, start):
        if sign[0] in {b"[", b"{"}:
            depth += 1
        elif sign[0] in {b"]", b"}"}:
            depth -= 1
        if depth < 0 or (depth == 0 and sign[0] == b","):
            payloads.append(body[start : sign.start()].strip())
            start = sign.end()
        if depth < 0:
            return body[: opening.end()] + body[sign.start() :], [payload for payload in payloads if payload]
    return body, []
