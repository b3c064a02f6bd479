"""A browser without a window: Chromium, driven by its DevTools protocol.

Takes addresses, keys and JavaScript, gives what is on the page, what its console said, and
which hosts it asked.
"""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

__all__ = ["Browser", "chromium"]

# All elements of a page, those inside web components as well.
_DEEP = """
window.deep = function (selector) {
  const found = [];
  (function walk(root) {
    found.push(...root.querySelectorAll(selector));
    for (const e of root.querySelectorAll('*')) if (e.shadowRoot) walk(e.shadowRoot);
  })(document);
  return found;
};
"""


def chromium():
    """The path of Chromium, or nothing."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One page in Chromium."""

    def __init__(self, width=1500, height=1000):
        self.stack = ExitStack()
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = self.stack.enter_context(folder)
        words = [chromium(), "--headless=new", "--no-sandbox", "--disable-gpu"]
        words += ["--remote-debugging-port=0", f"--user-data-dir={self.folder}"]
        words += [f"--window-size={width},{height}", "--no-first-run"]
        words += ["--disable-background-networking", "--disable-component-update"]
        self.process = subprocess.Popen(  # noqa: S603
            [*words, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.stack.callback(self.process.wait, 20)
        self.stack.callback(self.process.terminate)
        self.events, self.count = [], 0
        connect = import_module("websockets.sync.client").connect
        try:
            self.socket = self.stack.enter_context(connect(self._page(), max_size=None))
        except BaseException:
            self.close()
            raise
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Page.addScriptToEvaluateOnNewDocument", source=_DEEP)

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.close()

    def close(self):
        """End the browser."""
        self.stack.close()

    def _page(self):
        file = Path(self.folder) / "DevToolsActivePort"
        until = time.monotonic() + 60
        while not (file.exists() and "\n" in file.read_text()):
            if time.monotonic() > until:
                raise TimeoutError("Chromium does not start")
            time.sleep(0.1)
        port = file.read_text().split()[0]
        address = f"http://127.0.0.1:{port}/json/new?about:blank"
        with urlopen(Request(address, method="PUT")) as answer:
            return json.load(answer)["webSocketDebuggerUrl"]

    def send(self, method, **parameters):
        """A command of the protocol, and its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(60))
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address):
        """Go to an address."""
        self.send("Page.navigate", url=address)

    def run(self, script):
        """The value of an expression of JavaScript."""
        answer = self.send(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, script, seconds=60):
        """Wait until an expression is true, and give its value."""
        until = time.monotonic() + seconds
        while True:
            try:
                value = self.run(script)
            except RuntimeError:  # a page that is only half there
                value = None
            if value:
                return value
            if time.monotonic() > until:
                text = self.run("document.body.innerText")
                raise TimeoutError(f"never true: {script}\n{text[:2000]}")
            time.sleep(0.2)

    def type(self, element, text):
        """Put a text in place of what a field holds, as a person would."""
        self.run(f"{{ const e = {element}; e.focus(); e.select(); }}")
        self.send("Input.insertText", text=text)
        self.run(f"{element}.blur()")

    def press(self, key, code, times=1):
        """Press a key, such as ("ArrowRight", 39)."""
        for _ in range(times):
            for kind in ("keyDown", "keyUp"):
                self.send(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    code=key,
                    windowsVirtualKeyCode=code,
                )

    def picture(self, path):
        """The whole page as PNG."""
        shot = self.send(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True
        )
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    @property
    def complaints(self):
        """What the console called an error."""
        said = []
        for event in self.events:
            about = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                said.append(str(about["exceptionDetails"].get("text")))
            if event.get("method") == "Log.entryAdded":
                entry = about["entry"]
                said += [entry["text"]] if entry["level"] == "error" else []
        return said

    @property
    def hosts(self):
        """The hosts that the page asked for something."""
        addresses = [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        return {urlsplit(a).hostname for a in addresses if a.startswith("http")}
