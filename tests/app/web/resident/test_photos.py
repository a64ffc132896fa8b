"""Photos of a deed: needed or not, kept over a refusal, shown to those whose business they are."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.web.resident.street import Street, a_photo, links, typed_area, value_of, words
from tests.builders import MONDAY, a_key

TODAY = str(MONDAY.date())
REFUSED = {
    "no picture at all": ((b"hello", "cat.jpg"), "这个文件不是照片"),
    "an iPhone's": ((b"\0\0\0\x18ftypheic" + bytes(40), "IMG_1.HEIC"), "HEIC"),
    "half a picture": ((a_photo()[0].getvalue()[:300], "half.jpg"), "打不开"),
}


def send(browser: FlaskClient, rule: str, *photos: tuple[io.BytesIO, str], **more: object) -> TestResponse:
    """A deed with photos."""
    typed = {"rule": rule, "done_on": TODAY, "note": "门前水渠", "request_key": a_key(), **more}
    return browser.post("/report", data=typed | ({"photos": list(photos)} if photos else {}))


def reported_photo(street: Street) -> str:
    """Address of the photo of a deed that the first resident has reported."""
    browser = street.as_(street.rich)
    done = send(browser, "ENV-03", a_photo())
    (url,) = (
        url for url in links(browser.get(done.location.replace("/report/done/", "/records/")), "/photos/")
    )
    return url


def status(browser: FlaskClient, url: str) -> int:
    """How a file is answered; it is closed again."""
    with browser.get(url) as answer:
        return answer.status_code


def test_a_deed_that_needs_a_photo_is_refused_without_one_and_keeps_the_note(street: Street) -> None:
    answer = send(street.as_(street.poor), "ENV-03")
    assert answer.status_code == 422
    assert "这一件要有照片" in words(answer)
    assert typed_area(answer, "note") == "门前水渠"
    assert street.records(street.poor) == []


def test_the_form_says_which_photo_is_needed(street: Street) -> None:
    browser = street.as_(street.poor)
    assert "照片（要有）" in words(browser.get("/report?rule=ENV-03"))
    assert "照片 （可不填）" in words(browser.get("/report?rule=AID-02"))
    blood = browser.get("/report?rule=PUB-03")
    assert "不用照片" in words(blood)
    assert 'type="file"' not in blood.text


def test_a_deed_with_its_photo_is_taken(street: Street) -> None:
    browser = street.as_(street.poor)
    done = send(browser, "ENV-03", a_photo(), a_photo("brown"))
    assert done.status_code == 303
    record = browser.get(done.location.replace("/report/done/", "/records/"))
    photos = links(record, "/photos/")
    assert len(photos) == 2
    for url in (photos[0], photos[0] + "/small"):
        with browser.get(url) as seen:
            assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
            assert "private" in seen.headers["Cache-Control"]


def test_a_deed_without_its_optional_photo_is_taken(street: Street) -> None:
    assert send(street.as_(street.poor), "AID-02").status_code == 303


def test_a_photo_need_not_be_sent_again_after_a_refusal(street: Street) -> None:
    browser = street.as_(street.poor)
    refused = send(browser, "ENV-03", a_photo(), done_on="")
    assert refused.status_code == 422
    (kept,) = value_of(refused, "evidence_ids")
    assert "已经收到的照片" in words(refused)
    assert send(browser, "ENV-03", evidence_ids=kept).status_code == 303


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_photo_is_refused_in_words(street: Street, kind: str) -> None:
    (data, name), sentence = REFUSED[kind]
    answer = send(street.as_(street.poor), "ENV-03", (io.BytesIO(data), name))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert typed_area(answer, "note") == "门前水渠"
    assert value_of(answer, "evidence_ids") == []


def test_more_photos_than_four_are_too_many(street: Street) -> None:
    colours = ("red", "green", "blue", "white", "black")
    answer = send(street.as_(street.poor), "ENV-03", *map(a_photo, colours))
    assert answer.status_code == 422
    assert "最多放 4 张照片" in words(answer)


def test_the_same_photo_proves_one_deed(street: Street) -> None:
    reported_photo(street)
    answer = send(street.as_(street.poor), "ENV-03", a_photo())
    assert answer.status_code == 409
    assert "已经用在别的记录上" in words(answer)


def test_a_photo_of_somebody_else_proves_nothing(street: Street) -> None:
    photo_id = reported_photo(street).rpartition("/")[2]
    answer = send(street.as_(street.poor), "ENV-03", evidence_ids=photo_id)
    assert answer.status_code == 404
    assert "照片没有找到" in words(answer)


def test_a_photo_is_for_its_household_and_those_who_check(street: Street) -> None:
    url = reported_photo(street)
    for browser in (street.as_(street.spouse), street.staff("reviewer"), street.staff("grid_worker")):
        assert status(browser, url) == 200
    for browser in (street.as_(street.neighbour), street.staff("shop_staff"), street.far_away("chair")):
        assert status(browser, url) == 404
    assert status(street.stranger(), url) == 303
