"""Addresses of people: setting up, joining, choosing a company."""

from django.urls import path

from stragan.web.people import views

app_name = "people"
urlpatterns = [
    path("setup/<str:token>/", views.set_up, name="setup"),
    path("join/<str:token>/", views.join, name="join"),
    path("no-company/", views.no_company, name="no_company"),
    path("company/choose/", views.choose_company, name="choose_company"),
]
