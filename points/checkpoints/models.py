"""What was sealed: a leaf for each entry, the nodes of the tree, the signed checkpoints, and the salts that hide people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from points.base import Base, OfCommunity, UtcDateTime

# Nodes are kept at every fourth level: a node between is made of sixteen at most, and the table stays a fifteenth of
# the leaves.
STEP = 4


class SealedLeaf(OfCommunity, Base):
    """An entry in the tree; ``id`` is the entry's own. The line itself is not kept: it is made anew from the records.

    ``commitments``: 32 bytes for each hidden field in the order of their names, needed once a salt is gone.
    """

    __tablename__ = "sealed_leaf"

    kind: Mapped[str] = mapped_column(sa.String(16))
    position: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    commitments: Mapped[bytes] = mapped_column(sa.LargeBinary)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "position"),
        sa.CheckConstraint("position >= 0", name="position"),
    )


class SealedNode(OfCommunity, Base):
    """A complete subtree: ``16 ** (level / 4)`` leaves from ``position`` times that on."""

    __tablename__ = "sealed_node"

    level: Mapped[int] = mapped_column(sa.Integer)
    position: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))

    __table_args__ = (sa.UniqueConstraint("community_id", "level", "position"),)


class Checkpoint(OfCommunity, Base):
    """A signed note about the tree at one size; ``verifier`` is the public key that signed it, as notes write keys."""

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(sa.BigInteger)
    root: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    note: Mapped[str] = mapped_column(sa.Text)
    verifier: Mapped[str] = mapped_column(sa.String(400))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.UniqueConstraint("community_id", "size"),
        sa.CheckConstraint("size > 0", name="size"),
    )


class SealSalt(OfCommunity, Base):
    """What hides a person, a household or the words of an entry (``id``) in sealed lines.

    Taken away for ever when the person is erased or the words are withdrawn: then nobody can tell any more whom or what
    a line meant, and every proof still holds.
    """

    __tablename__ = "seal_salt"

    salt: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("(salt IS NULL) = (erased_at IS NOT NULL)", name="erased"),)
