"""The built site, looked at: no dead link, nothing from elsewhere, formulas drawn.

Takes the folder that `make docs` wrote, gives what is wrong with it, page by page. With
Chromium on the machine every page is opened in it as well, from the disk.

Run it as ``python tests/built_site.py build/site``.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SECONDS = 60
# In an element, not in the style that MathJax brings for such elements.
_NOT_UNDERSTOOD = re.compile(r'<[^>]* data-mml-node="merror"')
_DRAWING = 8000  # milliseconds of a page's own time, which costs less of ours


class Page(HTMLParser):
    """What a page refers to, what it offers, and how many formulas it has."""

    def __init__(self, path):
        super().__init__()
        self.path, self.links, self.loads = path, [], []
        self.anchors, self.formulas = set(), 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in ("img", "script", "source") and given.get("src"):
            self.loads.append(given["src"])
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            self.loads.append(given.get("href") or "")
        self.formulas += "math" in (given.get("class") or "").split()


def pages_of(site):
    """The files that are pages, without what the theme keeps for itself."""
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]


def problems(site):
    """Everything that is wrong with the files, one line each."""
    pages = {path: Page(path) for path in pages_of(site)}
    if not pages:
        yield f"{site}: no page"
    for path, page in pages.items():
        name = path.relative_to(site)
        for address in page.loads:
            if urlsplit(address).scheme not in ("", "data"):
                yield f"{name}: loads {address} from elsewhere"
        for address in [*page.loads, *page.links]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (
                (path.parent / unquote(parts.path)).resolve() if parts.path else path
            )
            if not target.exists():
                yield f"{name}: {address} leads nowhere"
            elif target in pages and parts.fragment:
                place = unquote(parts.fragment)
                if place not in pages[target].anchors:
                    yield f"{name}: {address} has no such place"


def opened(browser, path, profile):
    """What a page is after its scripts ran, and what it wrote on the console."""
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += [f"--user-data-dir={profile}", "--enable-logging=stderr"]
    command += [f"--virtual-time-budget={_DRAWING}", path.resolve().as_uri()]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return done.stdout, [
        line for line in console if re.search("error|fail", line, re.I)
    ]


def problems_in_browser(site, browser):
    """Everything that is wrong once the pages are opened, one line each."""
    with tempfile.TemporaryDirectory() as profile:
        for path in pages_of(site):
            text, errors = opened(browser, path, profile)
            name, formulas = path.relative_to(site), Page(path).formulas
            drawn = text.count("<mjx-container")
            if formulas and drawn < formulas:
                yield f"{name}: {drawn} of {formulas} formulas are drawn"
            if _NOT_UNDERSTOOD.search(text):
                yield f"{name}: a formula is not understood"
            yield from (f"{name}: {line}" for line in errors)


def main(folder):
    """Look, print, and say by the exit status whether anything is wrong."""
    site = Path(folder).resolve()
    found = list(problems(site))
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no Chromium here: pages were read, not opened")
    else:
        found += problems_in_browser(site, browser)
    print(*found, sep="\n")
    print(f"{len(pages_of(site))} pages, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
