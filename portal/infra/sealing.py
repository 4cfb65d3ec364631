"""Documents that nobody can read or change on the disk, in the object store and in their backups.

A sealed document is a head and pieces. The head names the key and holds 32 random bytes, from which and the
key the document's own key is made. Each piece of 64 KiB is AES-256-GCM: its number, whether it is the last
one, the head and the document's name are part of what is proved, so that pieces cannot be changed, moved,
cut off or given to another document, and one piece can be read without the others.
"""

import io
from collections.abc import Iterator
from os import SEEK_END, urandom
from struct import Struct
from typing import Any, BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.infra.streams import Readable, Seekable
from portal.kernel.vault import Unsealable, derive

PIECE = 64 * 1024
TAG = 16
MARK = b"\x89portal\x01"
#: The mark, the fingerprint of the key, the document's salt.
HEAD = Struct(">8s8s32s")


class Damaged(OSError):
    """The document is not what was sealed: changed, cut, or put in the place of another."""


class Seal:
    """Seals with the first key and opens with any of them; `keys` are long random texts, newest first."""

    def __init__(self, keys: list[str]):
        self._keys = {derive(key, b"name of a document key")[:8]: key for key in reversed(keys)}
        self._newest = derive(keys[0], b"name of a document key")[:8]

    def pieces(self, document: Readable, *, name: str) -> Iterator[bytes]:
        """`document` from where it stands to its end, sealed as `name`; a piece of it in memory at a time."""
        head = HEAD.pack(MARK, self._newest, urandom(32))
        box = self._box(head)
        yield head
        for number, (piece, last) in enumerate(_with_last(document)):
            yield box.encrypt(_nonce(number, last), piece, head + name.encode())

    def opened(self, document: BinaryIO, *, name: str) -> BinaryIO:
        """The plain bytes of what was sealed as `name`; they can be sought in. Closing closes `document`.

        A document kept before sealing began is given as it is. `Unsealable` when its key is unknown;
        `Damaged`, here or while it is read, when it is not what was sealed.
        """
        head = _full(document, HEAD.size)
        if not head.startswith(MARK):
            document.seek(0)
            return document
        plain = _Opened(document, self._box(head), head + name.encode())
        return cast(BinaryIO, io.BufferedReader(plain, PIECE))

    def is_newest(self, document: BinaryIO) -> bool:
        """Whether `document`, read from its beginning, is sealed with the first key."""
        head = _full(document, HEAD.size)
        return head.startswith(MARK) and HEAD.unpack(head)[1] == self._newest

    def _box(self, head: bytes) -> AESGCM:
        if len(head) < HEAD.size:
            raise Damaged("the head of a document is cut")
        _, fingerprint, salt = HEAD.unpack(head)
        if fingerprint not in self._keys:
            raise Unsealable("a document is sealed with a key that the settings do not know")
        secret = derive(self._keys[fingerprint], b"documents")
        return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"portal document").derive(secret))


class _Opened(Seekable):
    """The plain bytes of a sealed document. Its first piece is read at once, so that a wrong one is never begun."""

    def __init__(self, sealed: BinaryIO, box: AESGCM, about: bytes):
        self._sealed, self._box, self._about = sealed, box, about
        inside = sealed.seek(0, SEEK_END) - HEAD.size
        self._count = max(1, -(-inside // (PIECE + TAG)))
        self.size = inside - self._count * TAG
        self._held = (0, self._open(0))

    def readinto(self, buffer: Any, /) -> int:
        number, within = divmod(self.at, PIECE)
        if self.at >= self.size:
            return 0
        if number != self._held[0]:
            self._held = (number, self._open(number))
        part = self._held[1][within : within + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)

    def close(self) -> None:
        self._sealed.close()
        super().close()

    def _open(self, number: int) -> bytes:
        self._sealed.seek(HEAD.size + number * (PIECE + TAG))
        piece = _full(self._sealed, PIECE + TAG)
        try:
            return self._box.decrypt(_nonce(number, number == self._count - 1), piece, self._about)
        except (InvalidTag, ValueError):
            raise Damaged(f"piece {number} of a document is not what was sealed") from None


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _with_last(document: Readable) -> Iterator[tuple[bytes, bool]]:
    """Full pieces and a last one, which may be shorter; an empty document has one empty piece."""
    piece = _full(document, PIECE)
    while following := _full(document, PIECE):
        yield piece, False
        piece = following
    yield piece, True


def _full(document: Readable, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a stream may give less than it was asked for."""
    data = document.read(size)
    while 0 < len(data) < size and (more := document.read(size - len(data))):
        data += more
    return data
