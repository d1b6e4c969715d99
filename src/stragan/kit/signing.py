"""The installation's own signature (Ed25519): who reads a signed file can tell that we made it.

The private key is made at first use and lies encrypted in the database, so that every process and machine
signs alike and a restored backup signs as before. Keys are never deleted: old signatures stay ours.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from stragan.kit.models import SigningKey

_ONLY = 1  # the slot of the key in use


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature with the public key that checks it; both in base64."""

    value: str
    public_key: str


def canonical(content: object) -> bytes:
    """Write *content* as the one JSON text its hash and signature are made of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(data: bytes) -> str:
    """The SHA-256 of *data* as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def sign(data: bytes, *, now: datetime) -> Signature:
    """Sign *data* with the installation's key, which is made where there is none."""
    row = _key(now=now)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(row.private_key))
    return Signature(value=_text(private.sign(data)), public_key=row.public_key)


def is_signed(data: bytes, signature: Signature) -> bool:
    """Whether the signature was made over exactly *data* with the key that stands beside it."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature.public_key, validate=True))
        public.verify(base64.b64decode(signature.value, validate=True), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_ours(public_key: str) -> bool:
    """Whether this installation has or had the key."""
    return SigningKey.objects.filter(public_key=public_key).exists()


def _key(*, now: datetime) -> SigningKey:
    row = SigningKey.objects.filter(slot=_ONLY).first()
    if row is not None:
        return row
    private = Ed25519PrivateKey.generate()
    made = SigningKey(
        slot=_ONLY,
        public_key=_text(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
        private_key=_text(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())),
        created_at=now,
    )
    SigningKey.objects.bulk_create([made], ignore_conflicts=True)  # of two at once the first stays
    return SigningKey.objects.get(slot=_ONLY)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
