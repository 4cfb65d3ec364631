"""Documents in a folder of this machine."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from portal.kernel.errors import Missing


class LocalStorage:
    """A folder on this machine. A document appears under its name whole, or not at all."""

    def __init__(self, root: Path):
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        # A draft of its own: two commands may write the same document anew.
        draft, final = self.incoming / uuid4().hex, self._path(name)
        fresh = not final.exists()
        try:
            with draft.open("xb") as copy:
                for piece in pieces:
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            final.parent.mkdir(exist_ok=True)
            draft.rename(final)
            _fsync_folder(final.parent)
        except BaseException:
            for leftover in (draft, final) if fresh else (draft,):
                with suppress(OSError):
                    leftover.unlink()
            raise

    def open(self, name: str) -> BinaryIO:
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise Missing("There is no such document.") from None

    def discard(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)
        (self.incoming / name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        return (path.name for path in self.root.glob("??/*"))

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Documents, and drafts of a process that was killed while it wrote them."""
        for path in self.root.glob("*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < instant.timestamp():
                    yield path.name

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
