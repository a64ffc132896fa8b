"""The rules for schema and keys that let one village grow to a province (docs/decisions/0002-keys.md)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from app.models import metadata

# Small shared tables, and values that must be unique everywhere: their key is the value itself.
SHARED = {"area", "community"}
KEYED_BY_VALUE = {"phone", "code_token", "api_token", "attempt"}
OF_COMMUNITIES = [table for table in metadata.sorted_tables if table.name not in SHARED | KEYED_BY_VALUE]


def names(columns) -> list[str]:
    return [column.name for column in columns]


@pytest.mark.parametrize("table", OF_COMMUNITIES, ids=str)
def test_the_primary_key_is_the_community_and_an_id(table: sa.Table):
    assert names(table.primary_key.columns) == ["community_id", "id"]
    assert isinstance(table.c.community_id.type, sa.BigInteger)
    assert not table.c.community_id.nullable


@pytest.mark.parametrize("table", OF_COMMUNITIES, ids=str)
def test_whatever_is_unique_is_unique_inside_a_community(table: sa.Table):
    unique = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    unique += [index for index in table.indexes if index.unique]
    without = [names(one.columns) for one in unique if "community_id" not in one.columns]
    assert without == []
    assert not any(column.unique for column in table.columns)


@pytest.mark.parametrize("table", OF_COMMUNITIES, ids=str)
def test_every_index_begins_with_the_community(table: sa.Table):
    assert [index.name for index in table.indexes if names(index.columns)[:1] != ["community_id"]] == []


@pytest.mark.parametrize("table", OF_COMMUNITIES, ids=str)
def test_foreign_keys_stay_inside_the_community(table: sa.Table):
    for key in table.foreign_key_constraints:
        target = key.referred_table.name
        if target in SHARED:
            assert names(key.columns) == ["community_id"]
            continue
        assert names(key.columns)[0] == "community_id"
        assert [element.column.name for element in key.elements] == ["community_id", "id"]
        assert key.use_alter
        assert key.ondelete is None


def test_shared_tables_point_at_no_community_table():
    wrong = [
        f"{table.name} -> {key.referred_table.name}"
        for table in metadata.sorted_tables
        if table.name in SHARED | KEYED_BY_VALUE
        for key in table.foreign_key_constraints
        if key.referred_table.name not in SHARED
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(KEYED_BY_VALUE))
def test_a_value_that_is_unique_everywhere_is_the_key_of_its_table(name: str):
    table = metadata.tables[name]
    assert len(table.primary_key.columns) == 1
    assert not table.foreign_key_constraints


def test_no_table_counts_its_own_ids():
    for table in metadata.sorted_tables:
        assert not any(column.identity or isinstance(column.default, sa.Sequence) for column in table.columns)
        assert table.autoincrement_column is None, table.name
        assert "SERIAL" not in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_nothing_is_made_by_sql():
    """Time, random and ids come from Python."""
    assert [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.server_default is not None or column.server_onupdate is not None
    ] == []


def test_every_time_knows_its_zone():
    wrong = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.DateTime) and not column.type.timezone
    ]
    assert wrong == []
