"""Public registries of taxpayers: GUS (REGON), VIES, the white list. Asked one number at a time."""

from stragan.gateways.registries.errors import RegistryError, RegistryRefused, RegistryUnavailable
from stragan.gateways.registries.gus import GusClient, GusCompany
from stragan.gateways.registries.transport import InsecureRegistry
from stragan.gateways.registries.vies import ViesAnswer, ViesClient
from stragan.gateways.registries.white_list import WhiteListAnswer, WhiteListClient
from stragan.gateways.shapes import learn

__all__ = [
    "GusClient",
    "GusCompany",
    "InsecureRegistry",
    "RegistryError",
    "RegistryRefused",
    "RegistryUnavailable",
    "ViesAnswer",
    "ViesClient",
    "WhiteListAnswer",
    "WhiteListClient",
]

learn(__name__)
