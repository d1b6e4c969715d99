"""Addresses of the settings."""

from django.urls import URLPattern, path

from stragan.web.settings import (
    archive_views,
    company_views,
    connect_views,
    logo_views,
    member_views,
    series_views,
    shop_views,
    stock_views,
    tax_views,
    writer_views,
)

app_name = "settings"
urlpatterns: list[URLPattern] = [
    path("", company_views.company, name="company"),
    path("logo/", logo_views.logo, name="logo"),
    path("logo/upload/", logo_views.upload, name="logo_upload"),
    path("logo/remove/", logo_views.remove, name="logo_remove"),
    path("taxes/", tax_views.taxes, name="taxes"),
    path("taxes/vat/add/", tax_views.vat_add, name="vat_add"),
    path("taxes/vat/<str:key>/", tax_views.vat_change, name="vat_change"),
    path("taxes/vat/<str:key>/remove/", tax_views.vat_remove, name="vat_remove"),
    path("series/", series_views.series, name="series"),
    path("warehouse/", stock_views.warehouse, name="warehouse"),
    path("archive/", archive_views.archive, name="archive"),
    path("members/", member_views.members, name="members"),
    path("members/<int:member_id>/role/", member_views.change_role, name="member_role"),
    path("members/<int:member_id>/remove/", member_views.remove, name="member_remove"),
    path("members/invitations/<int:invitation_id>/withdraw/", member_views.withdraw, name="withdraw"),
    path("account/", member_views.account, name="account"),
    path("allegro/", shop_views.shops, name="shops"),
    path("allegro/add/", connect_views.add, name="shop_add"),
    path("allegro/callback/", connect_views.callback, name="allegro_callback"),
    path("allegro/device/<int:authorization_id>/", connect_views.device, name="device"),
    path("allegro/device/<int:authorization_id>/poll/", connect_views.device_poll, name="device_poll"),
    path("allegro/<int:shop_id>/", shop_views.shop, name="shop"),
    path("allegro/<int:shop_id>/sent/", writer_views.save, name="shop_writers"),
    path("allegro/<int:shop_id>/reconnect/", connect_views.reconnect, name="shop_reconnect"),
    path("allegro/<int:shop_id>/disable/", shop_views.disable, name="shop_disable"),
    path("allegro/<int:shop_id>/enable/", shop_views.enable, name="shop_enable"),
    path("allegro/<int:shop_id>/remove/", shop_views.remove, name="shop_remove"),
]
