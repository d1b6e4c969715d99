"""Sentences about products and offers."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "product_invalid": _("The product cannot be saved like this. Look at the marked fields."),
    "product_unknown": _("There is no such product. Somebody may have given the wrong address."),
    "product_name_missing": _("Enter the name of the product."),
    "product_text_long": _("At most %(limit)s characters fit here."),
    "product_sku_taken": _("The SKU “%(sku)s” belongs to “%(name)s” already. Each product has its own."),
    "product_amount_unreadable": _("“%(text)s” is not an amount. Write it like 39,90."),
    "product_quantity_unreadable": _("“%(text)s” is not a quantity. Write it like 2 or 0,5."),
    "product_gtu_unknown": _("“%(gtu)s” is not a GTU group. They go from 01 to 13."),
    "product_ryczalt_unknown": _("“%(rate)s” is not a rate of the flat-rate tax. They are %(rates)s."),
    "product_names_many": _("A product can have at most %(limit)s further names."),
    "product_component_twice": _("A component stands in the bundle twice. Put its quantities together."),
    "product_component_unknown": _("A component of the bundle is not in the catalog, or it is archived."),
    "product_component_itself": _("A bundle cannot hold itself."),
    "product_component_bundle": _("“%(name)s” is a bundle itself. List what is in it instead."),
    "product_component_quantity": _("Say how many of “%(name)s” are in the bundle."),
    "product_is_component": _(
        "The product is part of the bundle “%(name)s”, so it cannot be a bundle itself."
    ),
    "invalid_ean": _(
        "“%(ean)s” is not an EAN: it has 8, 12, 13 or 14 digits, and the last one checks the others."
    ),
    "product_row_twice": _("Row %(row)s of the file is about the same product."),
    "product_row_ambiguous": _("%(count)s products fit this row. Give its SKU."),
    "product_reference_unknown": _("The component “%(key)s” is neither in the catalog nor in the file."),
    "product_reference_missing": _("No product has the SKU or name “%(key)s”."),
    "product_reference_ambiguous": _("Several products are called “%(key)s”. Give the SKU."),
    "product_reference_refused": _("The component “%(name)s” is refused itself. Mend its row first."),
    "sheet_headings_unknown": _(
        "The first row must be headings, with SKU, name or EAN among them. It says: %(headings)s"
    ),
    "sheet_heading_twice": _("Two columns mean the same as “%(heading)s”. Remove one of them."),
    "sheet_too_large": _("The file is too large: at most 20 MB and 20,000 rows at once. Split it."),
    "sheet_not_a_table": _("The file is no table. Save it as XLSX or CSV and try again."),
    "sheet_no_text": _("The text of the file cannot be read. Save it as XLSX or as CSV UTF-8."),
    "file_unreadable": _("The file %(file)s cannot be read. Check its path."),
    "product_bundle_stock": _("A bundle has no stock of its own. Enter that of its components."),
    "catalog_changed": _("Somebody changed the products meanwhile. Read the file in again."),
    "offer_unknown": _("No order here has this offer. Fetch the orders first."),
    "link_product_unknown": _("The chosen product is archived or does not exist. Choose another one."),
}
