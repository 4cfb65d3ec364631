"""What is unreadable in the database and in its backups: bank accounts, and orders that name them."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from peewee import BlobField, TextField

#: How every Fernet token begins: its version and the first zeros of its time, in base 64.
FERNET = b"gAAAA"


class Unsealable(Exception):
    """None of the keys opens this text: the key it was sealed with is missing from the settings."""


class Vault:
    """Seals with the first key and opens with any of them; `keys` are long random texts, newest first."""

    def __init__(self, keys: list[str]):
        self._box = MultiFernet(
            [Fernet(urlsafe_b64encode(derive(key, b"sealing"))) for key in keys]
        )
        self._fingerprints = derive(keys[0], b"fingerprints")

    def seal(self, text: str) -> str:
        return self.seal_bytes(text.encode()).decode()

    def open(self, sealed: str) -> str:
        return self.open_bytes(sealed.encode()).decode()

    def seal_bytes(self, data: bytes) -> bytes:
        return self._box.encrypt(data)

    def open_bytes(self, sealed: bytes) -> bytes:
        try:
            return self._box.decrypt(sealed)
        except InvalidToken:
            raise Unsealable("sealed with a key that the settings do not know") from None

    def fingerprint(self, text: str) -> str:
        """The same for the same text, and of no use without the key: to look sealed text up by."""
        return hmac.new(self._fingerprints, text.encode(), sha256).hexdigest() if text else ""


_vault: Vault | None = None


def configure(keys: list[str]) -> None:
    global _vault
    _vault = Vault(keys)


def vault() -> Vault:
    if _vault is None:
        raise RuntimeError("configure the vault before sealed text is read or written")
    return _vault


class SealedField(TextField):
    """A text column that holds ciphertext; plain in Python. The empty text stays empty."""

    def db_value(self, value: Any) -> Any:
        return vault().seal(value) if value else value

    def python_value(self, value: Any) -> Any:
        return vault().open(value) if value else value


class SealedBlobField(BlobField):
    """A column of bytes that holds ciphertext; plain in Python. What was written before it was sealed is read as it is."""

    def db_value(self, value: Any) -> Any:
        return super().db_value(vault().seal_bytes(value))

    def python_value(self, value: Any) -> Any:
        read = bytes(super().python_value(value))
        return vault().open_bytes(read) if read.startswith(FERNET) else read


def derive(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"portal " + purpose).derive(key.encode())
