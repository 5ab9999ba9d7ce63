"""Every string has its Chinese, and the compiled catalogue is the one in the sources."""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES"
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _entries():
    return polib.pofile(str(FOLDER / "django.po"))


def test_nothing_is_left_untranslated_or_guessed():
    entries = _entries()
    assert len(entries) > 1000
    assert [entry.msgid for entry in entries if not entry.translated()] == []


def test_translations_keep_the_places_that_are_filled_in():
    broken = []
    for entry in _entries():
        text = entry.msgstr or entry.msgstr_plural[0]
        if set(PLACES.findall(entry.msgid_plural or entry.msgid)) != set(PLACES.findall(text)):
            broken.append(entry.msgid)
    assert broken == []


def test_the_compiled_catalogue_says_what_the_sources_say():
    def texts(entries):
        return {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural[0] for e in entries if e.msgid}

    assert texts(polib.mofile(str(FOLDER / "django.mo"))) == texts(_entries())


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_every_string_in_the_code_stands_in_the_catalogue(tmp_path):
    for name in ["config", "core", "designs", "fans", "presale", "voting", "templates"]:
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name)
    shutil.copytree(settings.BASE_DIR / "locale", tmp_path / "locale")
    before = {(e.msgctxt, e.msgid) for e in _entries()}
    command = ["makemessages", "-l", "zh_Hans", "--no-obsolete"]
    script = (
        "import sys; from django.conf import settings; settings.configure(USE_I18N=True,"
        "INSTALLED_APPS=[], LOCALE_PATHS=['locale']);"
        "import django; django.setup(); from django.core.management import call_command;"
        f"call_command(*{command!r})"
    )
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LANG": "C.UTF-8"}
    subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True, timeout=120
    )
    now = polib.pofile(str(tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"))
    assert {(e.msgctxt, e.msgid) for e in now} - before == set()
