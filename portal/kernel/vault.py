"""Text that is unreadable in the database and in its backups: bank accounts."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from peewee import TextField


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
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._box.decrypt(sealed.encode()).decode()
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


def derive(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"portal " + purpose).derive(key.encode())
