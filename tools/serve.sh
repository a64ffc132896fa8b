#!/usr/bin/env bash
# Serves the site with the production server, and does nothing else: no installing, no migrating.
#
# Settings (environment): HOST (0.0.0.0), PORT (8000), WORKERS (4 processes), THREADS (1 in each:
# a second thread of a process would wait for the first one's lock and cost half as much again; start more processes),
# and those of the site itself (app/config.py), DATABASE_URL before all. Further arguments go to granian.
set -euo pipefail
cd "$(dirname "$0")/.."

exec .venv/bin/granian --interface wsgi --factory app:create_app \
  --host "${HOST:-0.0.0.0}" --port "${PORT:-8000}" \
  --workers "${WORKERS:-4}" --blocking-threads "${THREADS:-1}" \
  --no-ws --respawn-failed-workers --workers-kill-timeout 10 --log-level "${SERVER_LOG_LEVEL:-error}" "$@"
