"""All addresses of the product."""

from django.urls import include, path

urlpatterns = [
    path("", include("stragan.web.start.urls")),
    path("", include("stragan.web.shell.urls")),
    path("", include("stragan.web.people.urls")),
    path("orders/", include("stragan.web.orders.urls")),
    path("documents/", include("stragan.web.documents.urls")),
    path("products/", include("stragan.web.products.urls")),
    path("offers/", include("stragan.web.offers.urls")),
    path("warehouse/", include("stragan.web.warehouse.urls")),
    path("contractors/", include("stragan.web.contractors.urls")),
    path("books/", include("stragan.web.books.urls")),
    path("checks/", include("stragan.web.checks.urls")),
    path("changes/", include("stragan.web.changes.urls")),
    path("payouts/", include("stragan.web.payouts.urls")),
    path("sent/", include("stragan.web.outbox.urls")),
    path("settings/", include("stragan.web.settings.urls")),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "stragan.web.shell.errors.bad_request"
handler403 = "stragan.web.shell.errors.forbidden"
handler404 = "stragan.web.shell.errors.not_found"
handler500 = "stragan.web.shell.errors.server_error"
