"""Buyers become contractors when a document is issued for them (S3, S37); people put them right."""

from stragan.contractors.changing import (
    ContractorData,
    ContractorExists,
    ContractorNameMissing,
    add_contractor,
    edit_contractor,
    let_documents_update,
    record_checks,
)
from stragan.contractors.matching import BuyerFacts, Matched, keep_changes, match_or_create
from stragan.contractors.merging import (
    ContractorsSame,
    ContractorUnknown,
    merge_contractors,
    split_contractor,
)

__all__ = [
    "BuyerFacts",
    "ContractorData",
    "ContractorExists",
    "ContractorNameMissing",
    "ContractorUnknown",
    "ContractorsSame",
    "Matched",
    "add_contractor",
    "edit_contractor",
    "keep_changes",
    "let_documents_update",
    "match_or_create",
    "merge_contractors",
    "record_checks",
    "split_contractor",
]
