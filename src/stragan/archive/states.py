"""Kinds of answers that are kept."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What an answer is about; it decides how it is read again."""

    JOURNAL = "journal"  # a page of events that moved the cursor
    FORMS = "forms"  # a page of order forms, or one form
    GONE = "gone"  # Allegro has no such form any more, and an order of ours was retired by it
    PAYMENTS = "payments"  # operations that were new here
    FEES = "fees"  # billing entries that were new here
    OFFERS = "offers"  # offers that were new here or changed
    WRITE = "write"  # what Allegro said to something of ours: documents, parcels, statuses, stock
