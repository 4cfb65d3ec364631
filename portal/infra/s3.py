"""Documents in a bucket of an S3-compatible store; needs the optional package boto3."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from errno import EIO, ENOSPC
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlsplit

from portal.infra.streams import Seekable
from portal.kernel.errors import Away, Missing

#: What is asked for when a document is opened: head and first piece. The rest follows when it is read.
FIRST = 66 * 1024
BUFFER = 64 * 1024
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
FULL = {
    "QuotaExceeded",
    "InsufficientStorage",
    "XMinioStorageFull",
    "XMinioAdminBucketQuotaExceeded",
}


def is_address(where: SplitResult) -> bool:
    """Whether it names a key with its secret, a host and a bucket, and chooses nothing that does not exist."""
    chosen = parse_qs(where.query, keep_blank_values=True)
    return bool(
        where.scheme == "s3"
        and where.hostname
        and where.username
        and where.password
        and BUCKET.fullmatch(where.path.strip("/").partition("/")[0])
        and chosen.keys() <= {"region", "tls"}
        and chosen.get("tls", ["yes"]) in (["no"], ["yes"])
        and all(chosen.get("region", ["any"]))
    )


class S3Storage:
    """The bucket of `s3://key:secret@host:port/bucket/folder?region=…&tls=no`, made once a process.

    A document appears under its name whole, or not at all: that is what the store itself promises.
    """

    def __init__(self, url: str):
        place = urlsplit(url)
        bucket, _, folder = place.path.strip("/").partition("/")
        self._bucket, self._folder = bucket, f"{folder}/" if folder else ""
        self._client = _client(place.netloc.rpartition("@")[2], place, dict(parse_qsl(place.query)))

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """By way of a nameless temporary file: the store wants to know the size, and may ask for it twice."""
        with TemporaryFile() as whole, _clear():
            for piece in pieces:
                whole.write(piece)
            size = whole.tell()
            whole.seek(0)
            self._client.put_object(**self._at(name), Body=whole, ContentLength=size)

    def open(self, name: str) -> BinaryIO:
        def get(start: int, stop: int | None, **facts: str) -> dict[str, Any]:
            span = f"bytes={start}-{'' if stop is None else stop - 1}"
            with _clear():
                return self._client.get_object(**self._at(name), Range=span, **facts)

        return cast(BinaryIO, io.BufferedReader(_Remote(get), BUFFER))

    def discard(self, name: str) -> None:
        with _clear():
            self._client.delete_object(**self._at(name))

    def names(self) -> Iterator[str]:
        return (name for name, _ in self._all())

    def older_than(self, instant: datetime) -> Iterator[str]:
        return (name for name, stored_at in self._all() if stored_at < instant)

    def _all(self) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._folder
        )
        with _clear():
            for page in pages:
                for one in page.get("Contents", []):
                    yield one["Key"].removeprefix(self._folder), one["LastModified"]

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._folder + name}


class _Remote(Seekable):
    """An object of the store, read as it comes; a jump asks for the rest from there, of the same version."""

    def __init__(self, get: Callable[..., dict[str, Any]]):
        self._get, self._here = get, 0
        answer = get(0, FIRST)
        self._body = answer["Body"]
        self._same = {"IfMatch": answer["ETag"]} if answer.get("ETag") else {}
        self.size = int(answer["ContentRange"].rpartition("/")[2])
        self._stop = min(FIRST, self.size)

    def readinto(self, buffer: Any, /) -> int:
        if self.at >= self.size:
            return 0
        if self.at != self._here or self.at >= self._stop:
            self._body.close()
            self._body = self._get(self.at, None, **self._same)["Body"]
            self._here, self._stop = self.at, self.size
        with _clear():
            part = self._body.read(len(buffer))
        buffer[: len(part)] = part
        self.at = self._here = self.at + len(part)
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


def _client(host: str, place: SplitResult, facts: dict[str, str]) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=f"{'http' if facts.get('tls') == 'no' else 'https'}://{host}",
        region_name=facts.get("region", "us-east-1"),
        aws_access_key_id=unquote(place.username or ""),
        aws_secret_access_key=unquote(place.password or ""),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=32,
            # What only one maker's store understands stays away from the others.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _clear() -> Iterator[None]:
    """What boto3 says, as the rest of the portal understands it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as refusal:
        code = refusal.response.get("Error", {}).get("Code", "")
        if code == "NoSuchKey":
            raise Missing("There is no such document.") from None
        if code in FULL:
            raise OSError(ENOSPC, f"the object store is full: {code}") from refusal
        raise Away(EIO, f"the object store refuses: {code}") from refusal
    except BotoCoreError as failure:
        raise Away(EIO, f"the object store does not answer: {failure}") from failure
