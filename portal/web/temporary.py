"""Temporary files of uploads end with their request, also when the line goes dead in the middle of one.

Werkzeug closes the files of a form it has read to the end. Those of a form that broke off have no name
and no orphan stays, but they hold room on the disk until Python happens to collect them.
"""

from typing import IO

from flask import Flask, g


class Tidy:
    """Mixed into the request class: remembers each temporary file it opens."""

    def _get_file_stream(self, *facts, **more) -> IO[bytes]:
        stream = super()._get_file_stream(*facts, **more)  # type: ignore[misc]
        g.setdefault("temporary_files", []).append(stream)
        return stream


def init_app(app: Flask) -> None:
    app.request_class = type("Request", (Tidy, app.request_class), {})

    @app.teardown_request
    def close_temporary_files(_error):
        for stream in g.pop("temporary_files", []):
            stream.close()
