"""Many at once: each in a thread with a session of its own, all starting together, under the test's clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from flask import Flask

from points.errors import DomainError


def all_at_once(site: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs every act in a thread and an application context of its own; a refusal is answered as its code."""
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        with site.app_context():
            gate.wait()
            try:
                return act()
            except DomainError as error:
                return error.code

    with ThreadPoolExecutor(len(acts)) as pool:
        begun = [pool.submit(copy_context().run, one, act) for act in acts]
        return [act.result() for act in begun]
