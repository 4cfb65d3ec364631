"""What a server runs: `gunicorn wsgi:app`. Made after the fork, and the only place that starts the jobs."""

from pathlib import Path

from portal.app import create_app
from portal.infra import jobs

app = create_app()
jobs.serve_here(app.extensions["jobs"], Path(app.extensions["settings"].storage) / "jobs.lock")
