"""Sends the PDF of a document to its order on Allegro: looked for, announced, its id kept, then uploaded."""

from stragan.flows.document_files import file_name, pdf_of
from stragan.flows.send_plan import (
    LARGEST_FILE_BYTES,
    Announce,
    Failed,
    Later,
    Outcome,
    Upload,
    invoice_step,
    scan_wait,
)
from stragan.flows.sending import Hold, NoLongerOurs
from stragan.kit.clock import business_now
from stragan.outbox import actions
from stragan.outbox.actions import Why


def step(hold: Hold) -> Outcome:
    """Do the next step for one document. Allegro knows no repetition here, so its list is read first."""
    document = hold.row.document
    assert document is not None, "the database sees to it"
    known = hold.look(lambda client: client.list_invoices(hold.form_id))
    looks = hold.row.attempts
    verdict = invoice_step(known, number=document.number, remote_id=hold.row.remote_id, looks=looks)
    if not isinstance(verdict, Announce | Upload):
        return verdict
    # Made before anything is announced: a record without its file would count toward Allegro's ten.
    pdf = pdf_of(document, now=business_now())
    if len(pdf) > LARGEST_FILE_BYTES:
        return Failed(why=Why(code="sending_file_too_large"))
    if isinstance(verdict, Announce):
        name = file_name(document.number, "pdf")
        invoice_id = hold.write(
            lambda client: client.add_invoice(hold.form_id, file_name=name, invoice_number=document.number)
        )
    else:
        invoice_id = verdict.invoice_id
    if not actions.keep_remote_id(hold.row, invoice_id):
        raise NoLongerOurs
    hold.write(lambda client: client.upload_invoice_file(hold.form_id, invoice_id=invoice_id, pdf=pdf))
    return Later(wait=scan_wait(looks), why=Why(code="sending_in_scan"))
