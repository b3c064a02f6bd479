r"""Watch: a call that may neither crash, hang, run code nor write a file.

Takes a call, gives what came of it in one word: "read", "refused" by an error of the
package's own, or the fault.

.. math:: t_{\mathrm{CPU}} \le 5 \,\mathrm{s}
"""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from symflow.errors import InexactInputWarning, SymflowError
from symflow.verify import MalformedError

__all__ = ["LONGEST", "Watch"]

LONGEST = 5.0
FORBIDDEN = {
    *("os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink"),
    *("os.truncate", "os.chmod", "os.chown", "shutil.rmtree", "shutil.move"),
    *("socket.connect", "socket.bind", "urllib.Request", "pickle.find_class"),
    "ctypes.dlopen",
}
WRITERS = {"sympy.polys.monomials", "collections", "dataclasses"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _HangError(BaseException):
    """A call took longer than it may; no `except Exception` may swallow it."""


class Watch:
    """Calls under watch; the hook that sees what Python does stays in the process.

    Arguments:
        longest: CPU seconds that a call may take.

    Example:
        >>> watch = Watch()
        >>> watch.outcome(lambda: None), watch.outcome(lambda: 1 / 0)
        ('read', 'crashed: ZeroDivisionError')
        >>> watch.outcome(lambda: os.system("true"))
        'did os.system'
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self.longest = longest
        self.slowest = 0.0
        self._on = False
        self._seen: list[str] = []
        sys.addaudithook(self._hook)

    def outcome(self, call: Callable[[], object]) -> str:
        """What comes of a call.

        Arguments:
            call: The call.

        Returns:
            ``"read"``, ``"refused"``, or a fault in a few words.
        """
        self._seen.clear()
        before = signal.signal(signal.SIGPROF, self._stop)
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, 2 * self.longest)
        self._on = True
        try:
            word = self._word(call)
        finally:
            self._on = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
        taken = time.process_time() - begun
        self.slowest = max(self.slowest, taken)
        if self._seen:
            return f"did {self._seen[0]}"
        return "hung" if taken > self.longest else word

    def _word(self, call: Callable[[], object]) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", InexactInputWarning)
                shown = call()
        except (SymflowError, MalformedError) as error:
            return "refused" if self._is_plain(str(error)) else "refused unprintably"
        except _HangError:
            return "hung"
        except Exception as error:
            return f"crashed: {type(error).__name__}"
        plain = not isinstance(shown, str) or self._is_plain(shown)
        return "read" if plain else "shown unprintably"

    @staticmethod
    def _is_plain(text: str) -> bool:
        """Whether text can be shown: other signs may drive the terminal that shows it."""
        return all(sign.isprintable() or sign == "\n" for sign in text)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        raise _HangError

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event in FORBIDDEN:
            self._seen.append(event)
        elif event == "code.__new__" and not str(arguments[1]).endswith(".pyx"):
            # Cython makes code to name its own lines in tracebacks; nothing runs it.
            self._seen.append(event)
        elif event == "open" and self._writes(*arguments):
            self._seen.append(f"open {arguments[0]!r} for writing")
        elif event == "exec" and not self._is_known(arguments[0]):
            self._seen.append("exec")

    @staticmethod
    def _writes(path: object, mode: str | None, flags: int) -> bool:
        return bool(flags & WRITING) if mode is None else bool(set(mode) & set("wax+"))

    @staticmethod
    def _is_known(code: CodeType) -> bool:
        """Whether code comes from a module's file, as it does on an import.

        SymPy writes the products of monomials as code, one text for each number of
        variables, and Python its named tuples: nothing of the input stands in them.
        """
        name = code.co_filename
        writer = sys._getframe(2).f_globals.get("__name__")
        known = os.path.isfile(name) or name.startswith("<frozen")
        return known or writer in WRITERS
