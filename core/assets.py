"""Static files: one style sheet and one script joined from small sources, and hashed names.

Sources are `static/css/{tokens,reset,base,layout}.css`, `static/css/components/*.css`,
`static/css/utilities.css` (each becomes its layer) and `static/js/*.js` (each becomes a block
with its own names). What only some pages need lies in a folder, `static/js/pins/*.js`, and becomes
a script of its own, `static/toile-pins.js`. The results are not committed.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

LAYERS = ("tokens", "reset", "base", "layout", "components", "utilities")
LINKED = ("toile.", "toile-", "icons.", "favicon.", "site.", "django_htmx/htmx-2.min.")


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, with compressed copies beside; plain names before anything is collected."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name; the name itself while there is no manifest (tests, a fresh clone)."""
        return super().stored_name(name) if self.hashed_files else name

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Only what pages link: the folders of other packages hold ten times as much."""
        return super().compress_files(path for path in paths if path.startswith(LINKED))


def build(root: Path | None = None) -> list[Path]:
    """Join the sources under `root` (default: `static/`); files already right are not touched."""
    root = root or settings.BASE_DIR / "static"
    results = {root / "toile.css": join_css(root / "css"), root / "toile.js": join_js(root / "js")}
    for folder in page_folders(root):
        results[root / f"toile-{folder.name}.js"] = join_js(folder)
    return [path for path, text in results.items() if _write(path, text)]


def page_folders(root: Path) -> list[Path]:
    """The folders of scripts that only some pages load."""
    return sorted(path for path in (root / "js").iterdir() if path.is_dir())


def build_if_stale() -> None:
    """Build when a source is newer than the results; what development and tests call."""
    root = settings.BASE_DIR / "static"
    pages = page_folders(root)
    folders = [root / "css", root / "css/components", root / "js", *pages]
    sources = [*folders, *(path for folder in folders for path in folder.iterdir())]
    newest = max(path.stat().st_mtime_ns for path in sources)
    results = [root / "toile.css", root / "toile.js"]
    results += [root / f"toile-{folder.name}.js" for folder in pages]
    if any(not path.exists() or path.stat().st_mtime_ns < newest for path in results):
        build()
        for path in results:
            os.utime(path)


def join_css(folder: Path) -> str:
    """The style sheet: every source in the layer that its place names."""
    parts = [f"@layer {','.join(LAYERS)};"]
    for layer in LAYERS:
        single = folder / f"{layer}.css"
        sources = [single] if single.exists() else sorted((folder / layer).glob("*.css"))
        parts += [f"@layer {layer}{{{_smaller_css(path.read_text())}}}" for path in sources]
    return "\n".join(parts) + "\n"


def join_js(folder: Path) -> str:
    """The script: every source in a block of its own, so that they cannot see each other."""
    sources = sorted(folder.glob("*.js"))
    return (
        "\n".join(f"// {path.name}\n{{\n{_smaller_js(path.read_text())}}}" for path in sources)
        + "\n"
    )


def _smaller_js(text: str) -> str:
    """Without indentation and lines that only comment; every other line stays as it is."""
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _smaller_css(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\s*([{};,])\s*", r"\1", text).replace(";}", "}").strip()


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    # Several processes may start at once: each replaces the whole file, none sees half of one.
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)
    return True
