"""Pages travel compressed, except where the size could tell somebody what a page holds."""

import gzip

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponse

from config.middleware import SmallPages
from core import assets
from tests import cast

pytestmark = pytest.mark.django_db
COMPRESSED = {"HTTP_ACCEPT_ENCODING": "gzip, br"}


def test_a_page_is_compressed_for_those_who_take_it(client):
    plain, small = client.get("/"), client.get("/", **COMPRESSED)
    assert not plain.has_header("Content-Encoding")
    assert small["Content-Encoding"] == "gzip" and "Accept-Encoding" in small["Vary"]
    assert b"</html>" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content) / 2


@pytest.mark.parametrize("path", ["/rounds/?q=guess", "/guess/"])
def test_what_repeats_a_guess_within_a_session_is_not(client, sign_in, path):
    assert client.get(path, **COMPRESSED)["Content-Encoding"] == "gzip"
    sign_in(cast.person("Ada"))
    assert client.get("/rounds/", **COMPRESSED)["Content-Encoding"] == "gzip"
    assert not client.get(path, **COMPRESSED).has_header("Content-Encoding")


@pytest.mark.parametrize("kind, small", [("text/html", True), ("text/csv", False)])
def test_tables_of_many_peoples_data_are_not(rf, kind, small):
    answer = SmallPages(lambda request: HttpResponse("Ada, 1 Mill Lane\n" * 99, content_type=kind))
    assert answer(rf.get("/", **COMPRESSED)).has_header("Content-Encoding") is small


def test_collected_files_have_compressed_copies_beside_them(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assets.build_if_stale()
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in ("toile.css", "toile.js", "icons.svg", "django_htmx/htmx-2.min.js"):
        stored = staticfiles_storage.stored_name(name)
        for ending in (".gz", ".br"):
            copy = tmp_path / f"{stored}{ending}"
            assert copy.exists() and copy.stat().st_size < (tmp_path / stored).stat().st_size / 2
    assert not list((tmp_path / "admin").rglob("*.br"))
