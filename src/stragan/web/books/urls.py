"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.books import (
    daily_views,
    month_views,
    past_views,
    register_views,
    report_views,
    waiting_views,
)

app_name = "books"
urlpatterns: list[URLPattern] = [
    path("vat/", register_views.vat, name="vat"),
    path("vat/waiting/", waiting_views.waiting, name="waiting"),
    path("revenue/", register_views.revenue, name="revenue"),
    path("daily/", daily_views.month, name="daily"),
    path("daily/<slug:on>/", daily_views.day, name="day"),
    path("months/", month_views.months, name="months"),
    path("months/<slug:period>/", month_views.month, name="month"),
    path("months/<slug:period>/close/", month_views.close, name="close"),
    path("months/<slug:period>/reopen/", month_views.reopen, name="reopen"),
    path("months/<slug:period>/received/<uuid:public_id>/", month_views.received, name="received"),
    path("months/<slug:period>/report/", report_views.enter, name="report"),
    path("reports/<uuid:public_id>/take-back/", report_views.take_back, name="report_take_back"),
    path("past/", past_views.past, name="past"),
    path("past/progress/", past_views.progress, name="past_progress"),
]
