"""One event, one line of JSON on standard error; control characters are escaped by the JSON itself."""

import logging
import sys

import structlog


def configure(*, debug: bool) -> None:
    """Lines for machines in production, for eyes in debug mode. Never log a token, an IBAN or a password."""
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    finish: structlog.typing.Processor
    if debug:
        finish = structlog.dev.ConsoleRenderer()
    else:
        # Without the values of variables: they hold passwords and people.
        trace = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        steps.append(structlog.processors.ExceptionRenderer(trace))
        finish = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*steps, finish],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
