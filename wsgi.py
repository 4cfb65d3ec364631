"""What a server runs: `gunicorn wsgi:app`. Made after the fork, and the only place that starts the jobs."""

import sys

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
folder = app.extensions["settings"].folder
folder.mkdir(parents=True, exist_ok=True)
jobs.serve_here(app.extensions["jobs"], folder / "jobs.lock")
