"""Documents that must keep up with the code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"""env(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["']""")
DEPLOY = (ROOT / "docs/deploy.md").read_text()
SETTINGS = sorted(set(SETTING.findall((ROOT / "config/settings.py").read_text())))


def test_the_settings_are_found():
    assert {"SECRET_KEY", "DATABASE_URL", "WEB_CONCURRENCY"} <= set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_row_in_the_deployment_guide(name):
    assert re.search(rf"^\| `{name}` \|", DEPLOY, re.MULTILINE)


def test_the_guide_names_no_setting_that_does_not_exist():
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", DEPLOY, re.MULTILINE)) == set(SETTINGS)


def test_the_example_environment_names_only_settings():
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named - {"POSTGRES_PASSWORD"} <= set(SETTINGS)


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/*.md")) + sorted(ROOT.glob("*.md")))
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        assert (document.parent / target).exists(), target
