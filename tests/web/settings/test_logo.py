"""The company's picture: taken by what the file is, seen by members only."""

import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from builders.companies import a_company, a_member
from stragan.companies.models import CompanyLogo

pytestmark = pytest.mark.django_db


def a_png(width: int = 64, height: int = 40) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xff" * width for _ in range(height))
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
def owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def upload(client: Client, data: bytes, name: str = "logo.png") -> Any:
    file = SimpleUploadedFile(name, data, content_type="image/png")
    return client.post(reverse("settings:logo_upload"), {"logo": file}, follow=True)


def test_a_picture_is_kept_as_it_came_shown_and_removed(owner: Client, company: Any) -> None:
    assert "Zapisano logo" in upload(owner, a_png()).content.decode()
    answer = owner.get(reverse("settings:logo"))
    assert (answer.content, answer.headers["Content-Type"]) == (a_png(), "image/png")
    assert "private" in answer.headers["Cache-Control"]
    assert reverse("settings:logo") in owner.get(reverse("settings:company")).content.decode()
    owner.post(reverse("settings:logo_remove"))
    assert owner.get(reverse("settings:logo")).status_code == 404
    assert not CompanyLogo.objects.for_company(company).exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        b"\xff\xd8\xff\xd9",
        a_png(16, 400),
        a_png(5000, 40),
        a_png() + b"\0" * 1_000_000,
    ],
    ids=["empty", "svg", "gif", "broken jpeg", "narrow", "wide", "heavy"],
)
def test_what_is_no_small_picture_is_refused_in_one_sentence(
    owner: Client, company: Any, data: bytes
) -> None:
    assert "Wybierz plik PNG albo JPEG do 1 MB" in upload(owner, data).content.decode()
    assert not CompanyLogo.objects.for_company(company).exists()


def test_a_file_is_judged_by_its_content_not_by_its_name(owner: Client) -> None:
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 50, 90) + b"\x03" + b"\0" * 9
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + frame + b"\xff\xd9"
    upload(owner, jpeg, name="logo.png")
    assert owner.get(reverse("settings:logo")).headers["Content-Type"] == "image/jpeg"


def test_strangers_and_clerks_can_not_put_or_take_it(owner: Client, company: Any) -> None:
    upload(owner, a_png())
    clerk = Client()
    clerk.force_login(a_member(company, email="kamil@example.com", role="clerk"))
    assert clerk.get(reverse("settings:logo")).status_code == 200
    assert clerk.post(reverse("settings:logo_remove")).status_code == 403
    stranger = Client()
    stranger.force_login(a_member(a_company(nip="5252248481"), email="obcy@example.com"))
    assert stranger.get(reverse("settings:logo")).status_code == 404
