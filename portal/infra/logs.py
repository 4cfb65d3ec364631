"""One event, one line of JSON on standard error; control characters are escaped by the JSON itself.

Our own events come through structlog, those of libraries through `logging`; both leave here in the same
shape. Nothing logs a token, an IBAN, a password or the text of a form: lines name records by their number.
"""

import logging
import sys

import structlog


def configure(*, debug: bool) -> None:
    """Lines for machines in production, for eyes in debug mode."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    finish: list[structlog.typing.Processor] = [structlog.dev.ConsoleRenderer()]
    if not debug:
        # Without the values of variables: they hold passwords and people.
        trace = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        finish = [
            structlog.processors.ExceptionRenderer(trace),
            structlog.processors.JSONRenderer(),
        ]
    structlog.configure(
        processors=[*shared, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _catch_libraries(shared, finish)


def _catch_libraries(
    shared: list[structlog.typing.Processor], finish: list[structlog.typing.Processor]
) -> None:
    """Give what libraries log the same shape; only warnings and worse, as their chatter names addresses."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Ours)]:
        root.removeHandler(handler)
    ours = _Ours()
    ours.setLevel(logging.WARNING)
    ours.setFormatter(formatter)
    root.addHandler(ours)


class _Ours(logging.StreamHandler):
    """To the standard error of this moment; a repeated `configure` finds and replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)
