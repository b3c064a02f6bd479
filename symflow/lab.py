r"""Lab: the page for a class, served by one's own machine.

Takes an address to listen at, gives a page in the browser on which a symmetry is typed and
the board fills itself.

.. math:: \text{browser} \leftrightarrow \text{127.0.0.1} \leftrightarrow \text{symflow}

Nobody else reaches the page unless another host is named, and nobody opens it without the
token in its address. Without torch the symbolic part works: ``python -m symflow.lab``.
"""

from __future__ import annotations

import secrets
import socket
import sys
import webbrowser
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console

from symflow.errors import ArgumentError, SymflowError, UnsupportedError

__all__ = ["asgi_app", "lab", "main"]

_PAGE = Path(__file__).with_name("lab_page.py")
_NEEDED = ("marimo", "uvicorn", "starlette")
# Until a browser that was opened finds the server ready, in seconds.
_PATIENCE = 1.5
_SHARED = (
    "Others reach it by this machine's own address in place of 127.0.0.1. Everyone who "
    "has the link can use this machine's processor, and what is typed travels "
    "unencrypted. Use it in a network that you trust, and stop it after class."
)


def lab(
    *,
    host: str = "127.0.0.1",
    port: int = 2718,
    browser: Annotated[bool, Parameter(negative="--no-browser")] = True,
) -> None:
    """The page for a class: type a symmetry, and the board fills itself.

    Parameters
    ----------
    host
        Whom to listen to: by default this machine alone; 0.0.0.0 for a whole network.
    port
        The port.
    browser
        Open the page in a browser.
    """
    token = secrets.token_urlsafe(16)
    app = asgi_app(token, host)
    _check_port(host, port)
    named = "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104
    address = f"http://{named}:{port}/?access_token={token}"
    console = Console()
    console.print(f"lab: {address}", markup=False, highlight=False, soft_wrap=True)
    if not _is_loopback(host):
        console.print(_SHARED, markup=False, soft_wrap=True)
    console.print("Stop it with Ctrl-C.")
    if browser:
        timer = Timer(_PATIENCE, webbrowser.open, [address])
        timer.daemon = True
        timer.start()
    import_module("uvicorn").run(app, host=host, port=port, log_level="error")


def asgi_app(token: str, host: str = "127.0.0.1") -> Any:  # noqa: ANN401
    """The page as an ASGI application, for a server of one's own.

    Arguments:
        token: What opens the page, as ``?access_token=`` in its address.
        host: The name that the page is reached under. On a loopback address requests
            that name another host are refused, so that no foreign page can reach it.

    Returns:
        The application.

    Raises:
        ArgumentError: If the token is empty.
        UnsupportedError: If marimo is not installed.
    """
    if not token:
        raise ArgumentError(
            "Argument `token` must not be empty, because it is all that keeps others "
            "out. Take secrets.token_urlsafe(16)."
        )
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UnsupportedError(
            f"The lab must find {', '.join(_NEEDED)}, but {missing[0]} is not installed. "
            "Install them with: pip install 'symflow[lab]'."
        )
    marimo = import_module("marimo")
    page = marimo.create_asgi_app(quiet=True, token=token)
    app = page.with_app(path="", root=str(_PAGE)).build()
    hosts = ["127.0.0.1", "localhost"] if _is_loopback(host) else ["*"]
    guard = import_module("starlette.middleware.trustedhost").TrustedHostMiddleware
    return guard(app, allowed_hosts=hosts)


def main() -> None:
    """Serve the lab, and end the process with its status; nothing of it needs torch."""
    app = App(name="symflow.lab", help="The page for a class.")
    app.default(lab)
    try:
        app(result_action="return_value")
    except SymflowError as problem:
        Console(stderr=True).print(f"symflow: {problem}", markup=False, soft_wrap=True)
        sys.exit(2)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at, before anything is served."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as problem:
        why = str(problem).rstrip(".")
        raise ArgumentError(
            f"Argument `port` must be free on {host}, but {port} cannot be used: {why}. "
            "Choose another with --port."
        ) from problem


if __name__ == "__main__":
    main()
