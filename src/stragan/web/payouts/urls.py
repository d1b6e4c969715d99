"""Addresses of the area."""

from django.urls import path

from stragan.web.payouts import fee_views, views

app_name = "payouts"
urlpatterns = [
    path("", views.listing, name="list"),
    path("fees/", fee_views.fees, name="fees"),
    path("<int:payout_id>/", views.one, name="one"),
    path("<int:payout_id>.xlsx", views.export, name="export"),
]
