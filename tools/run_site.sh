#!/usr/bin/env bash
# What `make run` does once everything is built: migrate, load the demo village, say where it is, serve.
set -euo pipefail
cd "$(dirname "$0")/.."

export HOST="${HOST:-0.0.0.0}" PORT="${PORT:-8000}"
flask=(.venv/bin/flask --app app)

tools/check_port.sh

mkdir -p var

# Two starts at once must not migrate and fill the same database together.
if command -v flock >/dev/null; then
  exec 9>var/start.lock
  flock -n 9 || { echo "Another start is preparing the database; waiting for it"; flock 9; }
fi

"${flask[@]}" db upgrade

# Exit status 3: the database holds other data. Then the demo stays out, and the site is served as it is.
status=0
"${flask[@]}" demo load || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then
  echo "The demo village could not be loaded (status $status); what went wrong stands above." >&2
  exit "$status"
fi

if command -v flock >/dev/null; then exec 9>&-; fi

shown="$HOST"
case "$HOST" in 0.0.0.0 | ::) shown=localhost ;; esac
echo
echo "  Open  http://$shown:$PORT      (Ctrl-C ends it)"
echo
if [ "$status" -eq 0 ]; then "${flask[@]}" demo sign-ins; fi

tools/check_port.sh
# Ctrl-C reaches the workers and their parent at the same moment. A parent that respawns takes that for a crash,
# starts a new worker and then waits for it in vain; so at a terminal a lost worker ends the run instead. A worker
# that was still starting may miss the signal altogether: three seconds, then it is ended.
exec tools/serve.sh --no-respawn-failed-workers --workers-kill-timeout 3
