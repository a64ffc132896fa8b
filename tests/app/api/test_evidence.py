"""Photos over the interface."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.app.api.program import House, a_photo, unknown_id, upload
from tests.builders import Village, a_key

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def files_of(house: House) -> list[Path]:
    return sorted(Path(house.site.config["MEDIA_DIR"]).rglob("*.jpg"))


def test_a_photo_is_kept_and_shown_to_its_uploader(house: House, village: Village) -> None:
    program, data = house.as_(village.residents[0]), a_photo()
    answer = upload(program, data)
    assert answer.status_code == 201
    assert answer.json["hash"] == hashlib.sha256(data).hexdigest()
    assert (answer.json["width"], answer.json["height"]) == (800, 600)
    small = program.call("GET", answer.json["thumbnail"].removeprefix("/api/v1"))
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert max(Image.open(io.BytesIO(small.data)).size) == 320
    assert program.get(f"/evidence/{answer.json['id']}").mimetype == "image/jpeg"


def test_a_record_names_the_photo_that_shows_it(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    photo = upload(program, a_photo()).json["id"]
    filed = program.post(
        "/records", {"rule": "AID-02", "done_on": "2026-09-06", "evidence_ids": [photo]}
    ).json
    assert [one["id"] for one in program.get(f"/records/{filed['id']}").json["evidence"]] == [photo]
    assert house.as_one("grid_worker").get(f"/evidence/{photo}").status_code == 200
    assert house.as_(village.residents[1]).get(f"/evidence/{photo}").status_code == 404


def test_the_same_upload_again_is_one_photo(house: House, village: Village) -> None:
    program, data = house.as_(village.residents[0]), a_photo()
    first, again = upload(program, data, key="photo-of-monday"), upload(program, data, key="photo-of-monday")
    assert first.data == again.data
    assert len(files_of(house)) == 2
    other = upload(program, a_photo(colour="red"), key="photo-of-monday")
    assert (other.status_code, other.json["code"]) == (409, "request_key_reused")
    assert len(files_of(house)) == 2


def test_what_is_no_photo_is_refused_with_its_reason(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    for data, code in (
        (b"just text", "photo_not_an_image"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "photo_is_heic"),
        (a_photo()[:400], None),
        (b"", None),
    ):
        answer = upload(program, data)
        assert answer.status_code == 422
        assert code in (None, answer.json["code"])
    assert files_of(house) == []


def test_the_file_has_to_be_there_and_multipart(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    assert list(upload(program, a_photo(), field="file").json["errors"]) == ["photo"]
    assert program.post("/evidence", {"photo": "x"}).status_code == 415
    assert program.call("POST", "/evidence", data={}, content_type="multipart/form-data").json["code"] in (
        "form_invalid",
        "request_key_missing",
    )


def test_an_upload_larger_than_the_server_takes_is_cut_off(house: House, village: Village) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    answer = house.as_(village.residents[0]).call(
        "POST", "/evidence", key=a_key(), data=head + b"x" * (33 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_a_photo_nobody_has_is_not_found(house: House, village: Village) -> None:
    program = house.as_(village.residents[0])
    assert program.get(f"/evidence/{unknown_id()}").status_code == 404
    assert program.get(f"/evidence/{unknown_id()}/thumbnail").status_code == 404
