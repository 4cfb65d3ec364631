"""What a server runs: `gunicorn wsgi:app`. Made after the fork, and the only place that starts the jobs."""

import sys
from pathlib import Path

from flask.cli import NoAppException

from portal.app import create_app
from portal.infra import jobs

#: What gunicorn takes as “do not try again”.
CANNOT_START = 3

try:
    app = create_app()
except NoAppException as problem:
    print(problem.message, file=sys.stderr)  # noqa: T201
    sys.exit(CANNOT_START)
jobs.serve_here(app.extensions["jobs"], Path(app.extensions["settings"].storage) / "jobs.lock")
