"""What the sources of the look promise: tokens, layers, direction, contrast, weight, safety."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from core import assets

ROOT = Path(settings.BASE_DIR)
CSS = sorted((ROOT / "static/css").rglob("*.css"))
JS = sorted((ROOT / "static/js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# What is drawn for mail programs or printed by a provider obeys other rules.
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]


def code(path: Path) -> str:
    """The style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def markup(path: Path) -> str:
    """The template without what never reaches a browser."""
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CSS, ids=name)
def test_colours_are_named_only_by_tokens(path):
    if path.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", code(path)) == []


PHYSICAL = (
    r"(?<![-\w])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    r"|(?:margin|padding|border|inset)-(?:left|right|top|bottom)"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
)


@pytest.mark.parametrize("path", CSS, ids=name)
def test_directions_are_logical(path):
    # The size of the window is asked in media queries by its physical name; there is no other.
    rules = re.sub(r"@(?:media|container)[^{]*", "", code(path))
    assert re.findall(PHYSICAL, rules) == []


@pytest.mark.parametrize("path", CSS, ids=name)
def test_nothing_is_selected_by_id_and_nothing_is_forced(path):
    selectors = re.findall(r"(?:^|[}\s,(>])(#[a-zA-Z][\w-]*)", code(path))
    assert [found for found in selectors if path.name != "tokens.css"] == []
    if path.name != "utilities.css":
        assert "!important" not in code(path)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_templates_pass_a_strict_content_security_policy(path):
    text = markup(path)
    assert re.findall(r"\sstyle\s*=|<style\b", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']|\shx-on|javascript:|hx-vals=[\"']js:", text) == []
    # Blocks of data are no scripts: nothing runs them, and the policy lets them be.
    scripts = re.findall(r"<script\b(?![^>]*application/json)[^>]*>(.*?)</script>", text, re.S)
    assert [body for body in scripts if body] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_icon_exists(path):
    sprite = (ROOT / "static/icons.svg").read_text()
    used = re.findall(r"""{%\s*icon ["']([\w-]+)["']|\bicon=["']([\w-]+)["']""", markup(path))
    assert [icon for pair in used for icon in pair if icon and f'id="{icon}"' not in sprite] == []


@pytest.mark.parametrize("path", JS, ids=name)
def test_behaviours_are_small_and_apart(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 80 or path.name == "live.js"
    # All are joined into one file, each in its own block; they speak by events.
    assert re.findall(r"^\s*(?:import|export)\b", text, re.M) == []
    assert re.findall(r"\beval\(|new Function|\.cssText|setAttribute\(.style", text) == []


def test_the_weight_of_the_look_stays_in_its_budget():
    css = assets.join_css(ROOT / "static/css")
    assert len(gzip.compress(css.encode())) <= 20_000


def test_the_weight_of_the_scripts_stays_in_its_budget():
    from django.contrib.staticfiles.finders import find

    htmx = Path(find("django_htmx/htmx-2.min.js")).read_bytes()
    own = assets.join_js(ROOT / "static/js").encode()
    common = len(gzip.compress(htmx)) + len(gzip.compress(own))
    assert common <= 30_000
    # A page loads the common scripts and at most one of those that only some pages need.
    for folder in assets.page_folders(ROOT / "static"):
        assert common + len(gzip.compress(assets.join_js(folder).encode())) <= 30 * 1024, folder


def test_every_layer_is_joined_in_its_order(tmp_path):
    (tmp_path / "components").mkdir()
    (tmp_path / "utilities.css").write_text(".u { color: red; }")
    (tmp_path / "tokens.css").write_text("/* why */ :root { --a: 1px; }")
    (tmp_path / "components/b.css").write_text(".b {}")
    (tmp_path / "components/a.css").write_text(".a { }")
    assert assets.join_css(tmp_path).splitlines() == [
        "@layer tokens,reset,base,layout,components,utilities;",
        "@layer tokens{:root{--a: 1px}}",
        "@layer components{.a{}}",
        "@layer components{.b{}}",
        "@layer utilities{.u{color: red}}",
    ]


def test_building_again_touches_nothing(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "js").mkdir()
    (tmp_path / "js/a.js").write_text("// why\nif (b) {\n\n  const a = 1;\n}\n")
    assert assets.build(tmp_path) == [tmp_path / "toile.css", tmp_path / "toile.js"]
    assert not (tmp_path / "toile-b.js").exists()
    (tmp_path / "js/b").mkdir()
    (tmp_path / "js/b/c.js").write_text("const c = 1;\n")
    assert assets.build(tmp_path) == [tmp_path / "toile-b.js"]
    assert (tmp_path / "toile.js").read_text() == "// a.js\n{\nif (b) {\nconst a = 1;\n}\n}\n"
    assert assets.build(tmp_path) == []
