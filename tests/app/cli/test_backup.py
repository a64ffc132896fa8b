"""Backup and restore, on both databases: everything comes back, the books agree, nothing is overwritten by mistake."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from app.database import db
from app.models import metadata
from app.photos import keep_photo, photo_path
from points.ledger.figures import ledger_figures
from tests.builders import MONDAY, given_order, given_points, given_village
from tests.conftest import close_site, new_site


def photo() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def village(site):
    """A village with points, an order and a photo."""
    with site.app_context():
        village = given_village(residents=2)
        given_points(village, village.residents[0], 10)
        given_order(village, village.residents[0])
        village.photo_id = keep_photo(village.community_id, village.residents[0].id, photo())
        db.session.remove()
    return village


@pytest.fixture
def second_site(backend, request, tmp_path, sqlite_template):
    """An empty, migrated database beside the first, with its own folder of photos."""
    folder = tmp_path / "second"
    folder.mkdir()
    if backend == "sqlite":
        path = folder / "site.db"
        path.write_bytes(sqlite_template.read_bytes())
        url = f"sqlite:///{path}"
    else:
        cluster, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
        url = cluster.create_database(
            f"second_{tmp_path.parent.name.replace('-', '_')}_{tmp_path.name[-3:]}", template=template
        )
    site = new_site(url, folder)
    yield site
    close_site(site)


def rows(site):
    """How many rows each table has."""
    with site.app_context():
        options = {"across_communities": True}
        found = {
            table.name: db.session.scalar(
                sa.select(sa.func.count()).select_from(table), execution_options=options
            )
            for table in metadata.sorted_tables
        }
        db.session.remove()
    return found


def flask(site, *words):
    """A command: exit status, stdout, stderr."""
    result = site.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def figures(site, village):
    """The village's figures after the notice has ended."""
    now = MONDAY + timedelta(days=5)
    with site.app_context():
        found = ledger_figures(db.session(), village.community_id, now=now, today=now.date())
        db.session.remove()
    return found


def test_everything_comes_back_into_an_empty_database_and_the_books_agree(
    site, village, second_site, tmp_path
):
    file = tmp_path / "backup.tar.gz"
    status, out, err = flask(site, "backup", file)
    assert (status, "备份好了" in out) == (0, True), err
    status, out, err = flask(second_site, "restore", file)
    assert (status, "账已核对" in out) == (0, True), err
    assert rows(second_site) == rows(site)
    assert figures(second_site, village) == figures(site, village)
    with second_site.app_context():
        path = photo_path(village.community_id, village.photo_id)
        assert path.is_relative_to(tmp_path / "second")
        with Image.open(path) as picture:
            assert picture.size == (40, 30)


def test_a_database_with_data_is_left_alone_until_it_is_given_up(site, village, second_site, tmp_path):
    file = tmp_path / "backup.tar.gz"
    flask(site, "backup", file)
    with second_site.app_context():
        other = given_village(code="liuhe", village=2, residents=1, with_credentials=False)
        db.session.remove()
    before = rows(second_site)
    status, _out, err = flask(second_site, "restore", file)
    assert (status, "不会覆盖" in err, rows(second_site)) == (1, True, before)
    status, out, err = flask(second_site, "restore", file, "--force-empty")
    assert (status, rows(second_site)) == (0, rows(site)), err
    assert other.code not in flask(second_site, "communities")[1]


def test_triggers_guard_the_restored_rows(site, village, second_site, tmp_path):
    file = tmp_path / "backup.tar.gz"
    flask(site, "backup", file)
    flask(second_site, "restore", file)
    with second_site.app_context(), pytest.raises(sa.exc.DBAPIError, match="never"):
        db.session.execute(sa.text("UPDATE transfer SET amount = amount + 1 /* across communities */"))


def test_a_backup_is_the_owners_own_and_never_overwritten(site, village, tmp_path):
    file = tmp_path / "backup.tar.gz"
    flask(site, "backup", file)
    assert file.stat().st_mode & 0o077 == 0
    size = file.stat().st_size
    status, _out, err = flask(site, "backup", file)
    assert (status, "不会覆盖" in err, file.stat().st_size) == (1, True, size)
    assert flask(site, "backup", tmp_path / "nowhere" / "x.tar.gz")[0] == 1
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


def test_uploads_on_their_way_stay_out_of_the_backup(site, village, tmp_path):
    folder = Path(site.config["MEDIA_DIR"]) / "tmp"
    folder.mkdir(parents=True)
    (folder / "someone.upload").write_bytes(b"a roster")
    file = tmp_path / "backup.tar.gz"
    flask(site, "backup", file)
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert [name for name in names if "upload" in name] == []
    assert len([name for name in names if name.startswith("media/")]) == 2


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
class TestBrokenFiles:
    """What is no whole backup is refused before anything is touched."""

    def change(self, file, edit):
        """The archive with its entries edited: name -> bytes or None to leave it out."""
        with tarfile.open(file) as archive:
            entries = {entry.name: archive.extractfile(entry).read() for entry in archive}
        entries = edit(entries)
        with tarfile.open(file, "w:gz") as archive:
            for name, data in entries.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))

    def made(self, site, tmp_path):
        """A fresh backup."""
        file = tmp_path / "backup.tar.gz"
        flask(site, "backup", file)
        return file

    @pytest.mark.parametrize(("edit", "says"), [
        (lambda entries: entries | {"database.sqlite": b"x"}, "坏了或者缺了"),
        (lambda entries: {name: data for name, data in entries.items() if not name.endswith("thumb.jpg")}, "坏了或者缺了"),
        (lambda entries: {name: data for name, data in entries.items() if name != "manifest.json"}, "不是完整的备份"),
        (lambda entries: entries | {"../outside.txt": b"x"}, "不是完整的备份"),
        (lambda entries: entries | {"manifest.json": b"[]"}, "不是完整的备份"),
    ])  # fmt: skip
    def test_a_changed_archive(self, site, village, second_site, tmp_path, edit, says):
        file = self.made(site, tmp_path)
        self.change(file, edit)
        before = rows(second_site)
        status, _out, err = flask(second_site, "restore", file)
        assert (status, says in err, rows(second_site)) == (1, True, before)
        assert not (tmp_path / "outside.txt").exists()

    def test_a_file_that_was_cut_off(self, site, village, second_site, tmp_path):
        file = self.made(site, tmp_path)
        file.write_bytes(file.read_bytes()[:-2000])
        status, _out, err = flask(second_site, "restore", file)
        assert (status, "不是完整的备份" in err) == (1, True)

    def test_a_backup_of_the_other_database(self, site, village, second_site, tmp_path):
        file = self.made(site, tmp_path)

        def rename(entries):
            about = json.loads(entries.pop("manifest.json"))
            about["sha256"]["database.pgdump"] = about["sha256"].pop("database.sqlite")
            entries["database.pgdump"] = entries.pop("database.sqlite")
            return entries | {"manifest.json": json.dumps(about).encode()}

        self.change(file, rename)
        status, _out, err = flask(second_site, "restore", file)
        assert (status, "不是 sqlite 数据库的" in err) == (1, True)

    def test_photos_that_are_there_are_moved_aside(self, site, village, second_site, tmp_path):
        file = self.made(site, tmp_path)
        old = Path(second_site.config["MEDIA_DIR"]) / "1" / "old.jpg"
        old.parent.mkdir(parents=True)
        old.write_bytes(b"old")
        status, _out, err = flask(second_site, "restore", file)
        assert (status, "照片文件夹" in err) == (1, True)
        status, out, _err = flask(second_site, "restore", file, "--force-empty")
        assert (status, "原来的照片移到了" in out, old.exists()) == (0, True, False)
        assert [path.read_bytes() for path in (tmp_path / "second").rglob("old.jpg")] == [b"old"]
