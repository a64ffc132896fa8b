#!/usr/bin/env bash
# Fails with a sentence that says what to do when HOST:PORT cannot be served on.
set -euo pipefail
cd "$(dirname "$0")/.."

exec .venv/bin/python - "${HOST:-0.0.0.0}" "${PORT:-8000}" <<'PYTHON'
import errno
import socket
import sys

host, port = sys.argv[1:]
if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
    sys.exit(f"PORT={port} is not a port: a number from 1 to 65535 is needed, for example PORT=8001 make run")
try:
    family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        # Listening too: two servers that both allow sharing could bind, and share visitors between them.
        probe.listen(1)
except OSError as problem:
    if problem.errno == errno.EADDRINUSE:
        sys.exit(f"Port {port} is taken, perhaps by another run. End that one, or choose: PORT={int(port) + 1} make run")
    if problem.errno == errno.EACCES:
        sys.exit(f"Port {port} needs special rights. Choose one from 1024 on: PORT=8000 make run")
    sys.exit(f"Cannot serve on HOST={host} PORT={port}: {problem.strerror}")
PYTHON
