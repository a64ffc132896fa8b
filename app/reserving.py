"""Reserving points for a shop phone in portions: a village in one transaction would keep the tills waiting for seconds."""

from __future__ import annotations

from dataclasses import replace

from app.transaction import transact
from shop.offline.allowances import ReserveAllowances, Reserved, reserve_allowances
from shop.offline.telling import TellReserved, tell_reserved


def reserve_for_all(command: ReserveAllowances) -> Reserved:
    """Portion by portion, each in a transaction of its own, then one line of the public list; returns what the line tells.

    Whatever breaks it off, doing it again goes on with who is left. A portion that is refused or fails leaves the line of
    those before it; when even that is not written any more, the jobs write it. Raises what ``reserve_allowances`` raises.
    """
    portion = transact(reserve_allowances, command)
    try:
        while portion.after is not None:
            portion = transact(reserve_allowances, replace(command, after=portion.after))
    finally:
        run = TellReserved(command.community_id, command.actor_id, command.device_id)
        told = transact(tell_reserved, run)
    return told
