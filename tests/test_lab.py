"""The lab as it is served: to this machine alone, by a token, and without torch."""

import asyncio
import socket
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from symflow.errors import ArgumentError, UnsupportedError
from symflow.lab import asgi_app, lab

if find_spec("marimo") is None:
    pytest.skip("the lab needs marimo, which is not installed", allow_module_level=True)

TOKEN = "a-token-of-a-test"  # noqa: S105

# The page is run as a program, its cells in their order, and asked what it found.
WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from tests.test_lab import run_page
figure, html = run_page()
assert figure is None
assert "needs torch" in html
"""


def run_page():
    """The page as a program, its cells in their order: the picture, and all it shows."""
    outputs, names = import_module("symflow.lab_page").app.run()
    html = " ".join(shown.text for shown in outputs if hasattr(shown, "text"))
    assert str(names["problem"].algebra.identify()) == "so(3), compact simple, A1"
    assert "conserved" in names["laws"]
    assert 'class="fault"' not in html
    return names["figure"], html


def ask(app, path="/", query="", host="127.0.0.1:2718", kind="http", cookie=""):
    """The status and the headers that the application answers with."""
    sent = []
    headers = [(b"host", host.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if path.startswith("/api") else "GET",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*headers, (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 2718),
        "subprotocols": [],
    }

    async def receive():
        first = "http.request" if kind == "http" else "websocket.connect"
        return {"type": first, "body": b"{}", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answer = next(message for message in sent if "status" in message)
    headers = {key.decode(): value.decode() for key, value in answer["headers"]}
    return answer["status"], headers


@pytest.fixture(scope="module")
def app():
    return asgi_app(TOKEN)


def test_the_page_opens_with_the_token_only(app):
    opened, headers = ask(app, query=f"access_token={TOKEN}")
    assert opened == 303
    assert headers["location"] == "/"
    assert ask(app, cookie=headers["set-cookie"])[0] == 200
    for query in ("", "access_token=another"):
        refused, headers = ask(app, query=query)
        assert refused == 303
        assert "/auth/login" in headers["location"]


def test_a_foreign_name_of_this_machine_is_refused(app):
    asked = {"query": f"access_token={TOKEN}", "host": "evil.example"}
    assert ask(app, **asked)[0] == 400
    assert ask(app, kind="websocket", path="/ws", **asked)[0] == 400


@pytest.mark.parametrize(
    "path", ["files/list_files", "files/file_details", "kernel/run", "packages/add"]
)
def test_who_has_the_token_runs_no_code_and_reads_no_file(app, path):
    cookie = ask(app, query=f"access_token={TOKEN}")[1]["set-cookie"]
    assert ask(app, path=f"/api/{path}", cookie=cookie)[0] == 401


def test_a_lab_without_a_token_is_refused():
    with pytest.raises(ArgumentError, match="`token` must not be empty"):
        asgi_app("")


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setattr("symflow.lab.find_spec", lambda name: None)
    with pytest.raises(UnsupportedError, match=r"pip install 'symflow\[lab\]'"):
        asgi_app(TOKEN)


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ArgumentError, match="Choose another with --port"):
            lab(port=taken.getsockname()[1], browser=False)


def test_the_page_runs_with_torch():
    figure, html = run_page()
    assert len(figure.axes) == 3
    assert "needs torch" not in html


def test_the_symbolic_part_runs_without_torch():
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", WITHOUT_TORCH],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
