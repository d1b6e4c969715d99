"""Words of the room: where a change came from, which registries there are, what they answer."""

from enum import StrEnum


class Source(StrEnum):
    """What changed a contractor's data."""

    DOCUMENT = "document"
    PERSON = "person"
    MERGE = "merge"
    SPLIT = "split"


class Registry(StrEnum):
    """Public registries that are asked."""

    VIES = "vies"
    WHITE_LIST = "white_list"


class Answer(StrEnum):
    """What a registry says of a number. ``UNKNOWN``: it did not answer, so nothing is known."""

    VALID = "valid"  # VIES: active
    INVALID = "invalid"  # VIES: not active, or never given
    ACTIVE = "active"  # white list: Czynny
    EXEMPT = "exempt"  # white list: Zwolniony
    ABSENT = "absent"  # white list: not there
    UNKNOWN = "unknown"


class Trouble(StrEnum):
    """What stands against a contractor, for the list."""

    VAT_EU_INVALID = "vat_eu_invalid"
    NOT_ON_WHITE_LIST = "not_on_white_list"
