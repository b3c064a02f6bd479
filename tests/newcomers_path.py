"""The path of a newcomer: an empty clone, then the commands of the first pages.

Clones the repository, and runs `make docs`, the commands that the site tells, and
`make lab`; says after each how long it took, and stops at the first that fails. It
installs from the package registry and takes minutes, so the test run leaves it out:

    python tests/newcomers_path.py [folder for the clone]
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SPEC = "examples/specs/gallery_shells.toml"
COMMANDS = (
    "make help",
    "make docs",
    f".venv/bin/symflow inspect {SPEC}",
    f".venv/bin/symflow explain {SPEC} --level result",
    f".venv/bin/symflow explain {SPEC} --out board.html",
)
LEFT = (
    "build/site/index.html",
    "build/site/generated/gallery/index.html",
    "board.html",
)
_SECONDS = 1800
_READY = 120


def run(command, clone):
    """One command in the clone; its output is shown where it fails."""
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603
        command.split(),
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    print(f"{time.monotonic() - begun:6.0f} s  {command}")
    if done.returncode:
        sys.exit(f"{done.stdout[-4000:]}{done.stderr[-4000:]}\n{command} failed")


def open_lab(clone):
    """`make lab` serves a page on this machine; it is fetched, and the server stopped."""
    begun = time.monotonic()
    server = subprocess.Popen(
        ["make", "lab"],  # noqa: S607
        cwd=clone,
        env={**os.environ, "BROWSER": "true", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        address = next(
            found[1]
            for line in server.stdout
            if (found := re.search(r"(http://127\.0\.0\.1:\S+)", line))
        )
        print(
            f"{time.monotonic() - begun:6.0f} s  make lab: {fetched(address)} letters"
        )
    except StopIteration:
        sys.exit("make lab told no address")
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(_READY)


def fetched(address):
    """How long the page at an address is, once it answers."""
    for _ in range(_READY):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                return len(answer.read())
        except OSError:
            time.sleep(1)
    sys.exit("make lab served no page")


def main(folder):
    """Walk the path in a clone below the folder."""
    clone = Path(folder) / "clone"
    subprocess.run(  # noqa: S603
        ["git", "clone", "--quiet", str(HERE), str(clone)],  # noqa: S607
        check=True,
    )
    for command in COMMANDS:
        run(command, clone)
    missing = [name for name in LEFT if not (clone / name).is_file()]
    if missing:
        sys.exit(f"not there: {', '.join(missing)}")
    open_lab(clone)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as home:
            main(home)
