"""A stream that somebody reads from, whatever lies behind it."""

import io
from typing import Protocol


class Readable(Protocol):
    """Whatever gives its next bytes; none at its end. It may give fewer than it was asked for."""

    def read(self, size: int, /) -> bytes: ...


class Seekable(io.RawIOBase):
    """A stream of `size` bytes in which a reader may jump; `readinto` is what each kind adds."""

    size: int
    at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def tell(self) -> int:
        return self.at
