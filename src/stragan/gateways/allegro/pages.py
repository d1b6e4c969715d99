"""Pages of order forms, each form kept as the exact bytes Allegro sent."""

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


_PAGE = msgspec.json.Decoder(_Page, strict=False)
_IDENTITY = msgspec.json.Decoder(_Identity)


def raw_form(payload: bytes, *, trace_id: str) -> RawForm:
    """Wrap one form's bytes; a form without a readable id gets an empty one."""
    try:
        form_id = str(_IDENTITY.decode(payload).id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        form_id = ""
    return RawForm(form_id=form_id, payload=payload, trace_id=trace_id)


def read_page(body: bytes, *, trace_id: str) -> FormPage:
    """Split a page into forms without looking into them, so that none can spoil the others."""
    page = _PAGE.decode(body)
    forms = tuple(raw_form(bytes(raw), trace_id=trace_id) for raw in page.checkout_forms)
    count = len(forms) if page.count is None else page.count
    return FormPage(forms=forms, count=count, total_count=page.total_count, trace_id=trace_id)
