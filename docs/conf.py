"""The site: Sphinx reads docs/ and the gallery, and makes pages that open offline.

Takes the Markdown of docs/, the examples and the docstrings, gives a site without a link to
any other host. `make docs` copies docs/ to build/site-source first, because the gallery
and the reference are written beside the pages.
"""

import ast
import re
import shutil
from pathlib import Path

import symflow

ROOT = Path(symflow.__file__).parent.parent
GALLERY = ROOT / "build" / "gallery-source"
# Pages of marimo, which the site does without: only what they say of themselves is shown.
NOT_IMPORTED = {"lab_page"}

project = "symflow"
author = "The symflow authors"
copyright = "the symflow authors"  # noqa: A001  (Sphinx's own name)
version = release = symflow.__version__
language = "en_GB"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "sphinx-mathjax-offline",
]
exclude_patterns = ["generated/gallery/*.ipynb", "generated/gallery/README*"]

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
napoleon_custom_sections = [("Reference", "references_style")]
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# What pydantic adds to every model.
autodoc_default_options = {"exclude-members": "model_config, model_post_init"}
math_numfig = False


sphinx_gallery_conf = {
    "examples_dirs": str(GALLERY),
    "gallery_dirs": "generated/gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": "FileNameSortKey",
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,
    "min_reported_time": 60,
    "abort_on_example_error": True,
    "matplotlib_animations": False,
    "copyfile_regex": r".*\.csv",
}

html_theme = "pydata_sphinx_theme"
html_title = "symflow"
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
# Pages without pages below them need no list of those.
html_sidebars = {
    page.stem: [] for page in Path(__file__).parent.glob("*.md") if page.stem != "api"
}
html_theme_options = {
    "navbar_start": ["navbar-logo"],
    "header_links_before_dropdown": 4,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navigation_with_keys": False,
    "show_toc_level": 2,
}


def copy_gallery() -> None:
    """The pages of the gallery with their data, and nothing else of examples/."""
    shutil.rmtree(GALLERY, ignore_errors=True)
    # Sphinx-gallery takes a folder with a README for a section of its own.
    others = shutil.ignore_patterns("README*", "specs", "globular_clusters.py", "__py*")
    shutil.copytree(ROOT / "examples", GALLERY, ignore=others)


def described(name: str) -> list[str]:
    """What stands in the reference about a module."""
    if name in NOT_IMPORTED:
        text = (ROOT / "symflow" / f"{name}.py").read_text(encoding="utf-8")
        return [
            f".. py:module:: symflow.{name}",
            "",
            ast.get_docstring(ast.parse(text)),
        ]
    return [f".. automodule:: symflow.{name}", "   :members:", "   :show-inheritance:"]


def write_reference(app: object) -> None:
    """One page for each floor of docs/architecture.md, with all its modules."""
    source = Path(app.srcdir)  # type: ignore[attr-defined]
    text = (source / "architecture.md").read_text(encoding="utf-8")
    folder = source / "generated" / "floors"
    folder.mkdir(parents=True, exist_ok=True)
    for number, names, speaks in re.findall(
        r"^\| (\d+) \| (.+?) \| (.+?) \|$", text, re.M
    ):
        title = f"Floor {number}, which speaks {speaks}"
        lines = [title, "=" * len(title), ""]
        for name in re.findall(r"`(\w+)`", names):
            lines += [name, "-" * len(name), "", *described(name), ""]
        (folder / f"floor_{int(number):02}.rst").write_text(
            "\n".join(lines), encoding="utf-8"
        )


def complete_page(app: object, name: str, source: list[str]) -> None:
    """List what no table of contents names; bring pictures, unlink other files."""
    text, folder = source[0], Path(app.srcdir)  # type: ignore[attr-defined]
    if name == "index":
        listed = set(re.findall(r"^(?:.+ <)?([a-z_/]+)>?$", text, re.M)) | {"index"}
        others = sorted(p.stem for p in folder.glob("*.md") if p.stem not in listed)
        text = text.replace("\napi\n", "\n".join(["", *others, "api", ""]))

    def bring(picture: re.Match[str]) -> str:
        copy = folder / "generated" / "pictures" / Path(picture[2]).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / picture[2], copy)
        return f"![{picture[1]}](generated/pictures/{copy.name})"

    if not name.startswith("generated"):
        text = re.sub(r"!\[([^\]]*)\]\(\.\./([^)]+)\)", bring, text)
        text = re.sub(r"\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", text)
    source[0] = text


def setup(app: object) -> None:
    """Bring the gallery and the reference, and draw formulas without fonts."""
    copy_gallery()
    # Glyphs as paths: a page from a disk may load no font in some browsers.
    app.config.mathjax_path = "mathjax/tex-svg-full.js"  # type: ignore[attr-defined]
    app.connect("builder-inited", write_reference)  # type: ignore[attr-defined]
    app.connect("source-read", complete_page)  # type: ignore[attr-defined]
