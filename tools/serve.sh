#!/usr/bin/env bash
# Serves the site with the production server, and does nothing else: no installing, no migrating.
#
# Settings (environment): HOST (0.0.0.0), PORT (8000), WORKERS (2 processes), THREADS (4 in each process),
# and those of the site itself (app/config.py), DATABASE_URL before all. Further arguments go to granian.
set -euo pipefail
cd "$(dirname "$0")/.."

exec .venv/bin/granian --interface wsgi --factory app:create_app \
  --host "${HOST:-0.0.0.0}" --port "${PORT:-8000}" \
  --workers "${WORKERS:-2}" --blocking-threads "${THREADS:-4}" \
  --no-ws --respawn-failed-workers --workers-kill-timeout 10 --log-level "${SERVER_LOG_LEVEL:-warning}" "$@"
