"""Documents sent into an order: metadata first, then the file, then the scan. Nothing is idempotent here."""

from typing import Final
from uuid import uuid4

from starlette.responses import Response
from starlette.routing import Route

from standins.allegro.clock import SECOND, iso
from standins.allegro.gate import ApiRefused, Call, answer, endpoint
from standins.allegro.orders import Json, Order
from standins.allegro.orders_api import READ, WRITE, find_order
from standins.allegro.world import Invoice

MOST: Final = 10
LARGEST_BYTES: Final = 3 * 1024 * 1024


def _of(call: Call, order: Order) -> list[Invoice]:
    return call.world.invoices.setdefault(order.id, [])


def _scanning(call: Call, invoice: Invoice) -> bool:
    if invoice.uploaded_ms is None:
        return False
    return call.world.now_ms() < invoice.uploaded_ms + call.world.settings.scan_seconds * SECOND


def _file_json(call: Call, invoice: Invoice) -> Json | None:
    if invoice.uploaded_ms is None:
        return None
    waiting = _scanning(call, invoice)
    done_ms = invoice.uploaded_ms + int(call.world.settings.scan_seconds * SECOND)
    return {
        "name": invoice.name,
        "uploadedAt": iso(invoice.uploaded_ms),
        "securityVerification": {
            "status": "WAITING" if waiting else invoice.verdict,
            "verifiedAt": None if waiting else iso(done_ms),
        },
        "verification": {"status": "NOT_APPLICABLE", "details": []},
    }


def invoices(call: Call) -> Response:
    """List the documents of an order."""
    listed = [
        {
            "id": invoice.id,
            "invoiceNumber": invoice.number,
            "createdAt": iso(invoice.created_ms),
            "file": _file_json(call, invoice),
        }
        for invoice in _of(call, find_order(call))
    ]
    return answer({"orderMode": "REGULAR", "invoices": listed, "links": [], "hasExternalInvoices": False})


def _refuse_order(call: Call, order: Order) -> None:
    form = call.world.form(order)
    if order.status != "READY_FOR_PROCESSING":
        raise ApiRefused(422, "ORDER-PAYMENT-REJECTED", f"Order with id [{order.id}] has no accepted payment")
    wanted = bool((form.get("invoice") or {}).get("required"))
    if not wanted and not call.world.settings.invoice_without_request:
        raise ApiRefused(422, "ORDER-WITHOUT-INVOICE", f"Order with id [{order.id}] cannot have an invoice")


def add_invoice(call: Call) -> Response:
    """Take the metadata of a document; repeating it makes a second one."""
    order = find_order(call)
    body = call.json()
    file = body.get("file")
    name = file.get("name") if isinstance(file, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise ApiRefused(422, "FILE-NAME-MISSING", "file.name is required")
    _refuse_order(call, order)
    known = _of(call, order)
    if len(known) >= MOST:
        raise ApiRefused(
            409, "INVOICES-LIMIT-REACHED", f"Order with id [{order.id}] already has {MOST} invoices"
        )
    now_ms = call.world.now_ms()
    for invoice in known:
        if _scanning(call, invoice):
            message = f"Security scan for SELLER invoice [{invoice.id}] is in progress"
            raise ApiRefused(422, "SECURITY-SCAN-IN-PROGRESS", message)
        pause_ms = call.world.settings.invoice_pause_seconds * SECOND
        if invoice.uploaded_ms is None and now_ms < invoice.created_ms + pause_ms:
            message = "Upload a file to previously added metadata or wait a few seconds."
            raise ApiRefused(429, "TOO-MANY-REQUESTS", message)
    number = body.get("invoiceNumber")
    known.append(Invoice(str(uuid4()), number if isinstance(number, str) else None, name, now_ms))
    return answer({"id": known[-1].id}, 201)


def upload(call: Call) -> Response:
    """Take the PDF itself, raw."""
    order = find_order(call)
    known = _of(call, order)
    invoice = next((entry for entry in known if entry.id == call.path["invoice_id"]), None)
    if invoice is None:
        raise ApiRefused(
            404, "INVOICE-NOT-FOUND", f"Invoice with id [{call.path['invoice_id']}] does not exist"
        )
    call.wants_content_type("application/pdf")
    if invoice.uploaded_ms is not None:
        raise ApiRefused(409, "INVOICE-FILE-EXISTS", f"Invoice with id [{invoice.id}] already has a file")
    if any(_scanning(call, entry) for entry in known):
        message = f"Security scan for SELLER invoice of order [{order.id}] is in progress"
        raise ApiRefused(409, "SECURITY-SCAN-IN-PROGRESS", message)
    if not call.body:
        raise ApiRefused(422, "EMPTY-ATTACHMENT", "The file is empty")
    if len(call.body) > LARGEST_BYTES:
        raise ApiRefused(413, "FILE-TOO-LARGE", "The file is too large. Max file size is 3MB")
    if not call.body.startswith(b"%PDF-"):
        raise ApiRefused(422, "FILE-CONTENT-INVALID", "The file is not a PDF")
    invoice.uploaded_ms, invoice.content = call.world.now_ms(), call.body
    invoice.verdict = call.world.settings.scan_verdict
    return Response(status_code=200)


_PATH: Final = "/order/checkout-forms/{form_id}/invoices"
ROUTES = [
    Route(_PATH, endpoint(invoices, scope=READ), methods=["GET"]),
    Route(_PATH, endpoint(add_invoice, scope=WRITE), methods=["POST"]),
    Route(f"{_PATH}/{{invoice_id}}/file", endpoint(upload, scope=WRITE), methods=["PUT"]),
]
