"""What the flows may rely on, by name."""

from stragan.gateways import allegro

CLIENTS = {"AllegroAuth", "AllegroClient", "Budget", "Grant", "Quota", "Patience", "SCOPES",
           "LONGEST_SILENCE_S", "WRITTEN_WITHIN_S", "budget_for",
           "content_hash", "digest_of", "parse_form", "pkce_pair", "raw_form", "read_billing_entries",
           "read_events", "read_offers", "read_payment_operations", "user_agent",
           "without_contact"}  # fmt: skip
ANSWERS = {
    "BillingEntry", "BillingType", "Carrier", "DeviceGrant", "Digest", "EventPage", "FeeTax", "FormPage",
    "Heard",
    "InvoiceFile", "LatestEvent",
    "ListedOffer", "Marketplace", "Me", "Named", "OfferPage", "OrderEvent", "OrderInvoice", "OrderInvoices",
    "OrderLink", "PaymentOperation", "PaymentOperations", "Publication", "QuantityTask", "RawForm",
    "Refund", "Refunds", "SellingMode", "Shipment", "SignedAmount", "Stock", "TaskError", "TaskOffer",
    "TokenPair", "Verification", "Wallet",
}  # fmt: skip
FORM = {
    "AdditionalService", "Amount", "Buyer", "BuyerAddress", "CheckoutForm", "CodBookedPayment", "CompanyId",
    "Delivery", "DeliveryAddress", "DeliveryCancellation", "DeliveryMethod", "DeliveryTime", "Deposit",
    "Discount", "ExternalId", "FormMarketplace", "Fulfillment", "FulfillmentProvider", "Invoice",
    "InvoiceAddress", "InvoiceCompany", "LineItem", "NaturalPerson", "Note", "Offer", "Payment",
    "PickupPoint",
    "PickupPointAddress", "Preferences", "ProductSet", "Reconciliation", "SerialNumber", "SerialNumbers",
    "SetProduct", "ShipmentSummary", "Summary", "Tax", "TimeRange", "Voucher",
}  # fmt: skip
ERRORS = {
    "AccessDenied", "AllegroConflict", "AllegroError", "AllegroRejected", "AllegroUnavailable",
    "AuthorizationPending", "ClientRejected", "CodeRejected", "DeviceCodeExpired", "FormGone",
    "InsecureAddress", "OrdersWindowTooWide", "RateLimited", "ReconnectNeeded", "ScopeMissing", "SlowDown",
    "TokenRejected", "UnreadableAnswer", "UnreadablePayload",
}  # fmt: skip


def test_exactly_the_promised_names_are_public() -> None:
    assert set(allegro.__all__) == CLIENTS | ANSWERS | FORM | ERRORS
    assert all(hasattr(allegro, name) for name in allegro.__all__)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [getattr(allegro, name).code for name in ERRORS - {"AllegroError"}]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("allegro_") for code in codes)
