r"""HTML documents: the frame of every page that the toolkit writes.

Takes a title and what stands below it, gives one file of HTML that carries its style and
loads and runs nothing, whatever a string in it holds.

.. math:: \text{header, body} \to \text{HTML}
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from symflow.claims import Standing

__all__ = ["SIGNS", "document"]

# Colour is never the only cue: each standing has a sign and its word as well.
SIGNS = {
    Standing.PROVED: "✓",
    Standing.BY_CONSTRUCTION: "∴",
    Standing.MEASURED: "≈",
    Standing.NOT_KNOWN: "?",
}


def document(
    title: str, body: str, *, below: str = "", style: str = "", pictures: bool = False
) -> str:
    """A whole page.

    Arguments:
        title: The title, which is escaped.
        body: HTML of navigation and main part.
        below: HTML below the title.
        style: CSS beside that of every page.
        pictures: Whether the body carries pictures in it.

    Returns:
        The file's text.

    Example:
        >>> text = document("a < b", "<main></main>")
        >>> "<h1>a &lt; b</h1>" in text, "img-src" in text
        (True, False)
    """
    css = files("symflow").joinpath("pages.css").read_text(encoding="utf-8")
    images = "img-src data:; " if pictures else ""
    policy = f"default-src 'none'; {images}style-src 'unsafe-inline'"
    header = "\n".join(filter(None, (f"<h1>{escape(title)}</h1>", below)))
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(title)}</title>
<style>
{css}{style}</style>
</head>
<body>
<header>
{header}
</header>
{body}
<footer>Made by symflow. This page loads nothing and runs nothing.</footer>
</body>
</html>
"""
