r"""Files: bytes on disk that are old or new, and never half of either.

Takes bytes and paths, gives writes that a kill or a power cut cannot tear, reads that
follow no link, and a lock that keeps two runs out of one folder. For POSIX systems.

.. math:: \text{write beside} \to \text{flush} \to \text{rename} \to \text{flush folder}
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from symflow.errors import OutputExistsError

__all__ = [
    "UNFINISHED",
    "FolderLock",
    "read_plain_file",
    "write_file_atomically",
    "write_folder_atomically",
]

# What is being written has this prefix; what has it after a kill is of no worth.
UNFINISHED = ".unfinished_"


def read_plain_file(path: str | os.PathLike[str], largest: int | None = None) -> bytes:
    """The bytes of a plain file, never through a link, a pipe or a device.

    Arguments:
        path: The file.
        largest: The most bytes that it may have, if there is a limit.

    Returns:
        Its content.

    Raises:
        OSError: It is missing, is not a plain file, or is too large.

    Example:
        >>> read_plain_file("/dev/null")
        Traceback (most recent call last):
        ...
        OSError: [Errno 22] is not a plain file: '/dev/null'
    """
    path = Path(path)
    if path.is_symlink():
        raise OSError(errno.ELOOP, "is a link", str(path))
    # O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "is not a plain file", str(path))
        if largest is not None and found.st_size > largest:
            raise OSError(errno.EFBIG, f"is larger than {largest} bytes", str(path))
        return stream.read()


def write_file_atomically(path: str | os.PathLike[str], payload: bytes) -> None:
    """Replace a file in one move.

    Arguments:
        path: The file.
        payload: Its new content.

    Raises:
        OSError: The disk refuses; the old file is untouched.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_file_atomically(f"{folder}/note.txt", b"whole")
        ...     Path(folder, "note.txt").read_bytes(), len(os.listdir(folder))
        (b'whole', 1)
    """
    path = Path(path)
    part = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        _write(part, payload)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def write_folder_atomically(
    path: str | os.PathLike[str], files: Mapping[str, bytes]
) -> None:
    """Make a folder of files in one move; one of that name is replaced.

    Arguments:
        path: The folder. Its parent is made where it is missing, and cleared of what
            a killed write left there.
        files: The content of each file, by name.

    Raises:
        OSError: The disk refuses; nothing complete is touched.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_folder_atomically(f"{folder}/all/one", {"a.txt": b"a"})
        ...     Path(folder, "all", "one", "a.txt").read_bytes()
        b'a'
    """
    path = Path(path)
    home = path.parent
    if home.is_symlink():
        raise OSError(errno.ELOOP, "is a link", str(home))
    home.mkdir(exist_ok=True)
    _clear(home)
    part = home / f"{UNFINISHED}{path.name}"
    try:
        part.mkdir()
        for name, payload in files.items():
            _write(part / name, payload)
        _flush_folder(part)
        if path.exists():
            path.rename(home / f"{UNFINISHED}old_{path.name}")
        part.rename(path)
        _flush_folder(home)
    finally:
        _clear(home)


class FolderLock:
    """A folder that one process at a time writes to.

    The operating system frees the lock when its holder ends, however it ends, so a
    killed run leaves nothing to clean up. The file holds the holder's process number.

    Arguments:
        folder: The folder, which must exist.

    Raises:
        OutputExistsError: On entering, where another holds the lock.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder, FolderLock(folder):
        ...     os.listdir(folder)
        ['run.lock']
    """

    FILE = "run.lock"

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._path = Path(folder) / self.FILE
        self._handle: int | None = None

    def __enter__(self) -> FolderLock:
        while self._handle is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(self._path, flags, 0o666)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.read(handle, 20).decode(errors="replace").strip()
                os.close(handle)
                raise OutputExistsError(
                    f"Argument `out` must be a folder that no run is writing to, but "
                    f"{str(self._path.parent)!r} is in use by process "
                    f"{holder or 'unknown'}. Wait for it, or choose another folder."
                ) from None
            if self._is_current(handle):
                self._handle = handle
            else:
                os.close(handle)
        os.ftruncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None

    def _is_current(self, handle: int) -> bool:
        """Whether the file that was locked is the one that still has the name.

        The holder before removes the file when it leaves, which may be after this
        process opened it.
        """
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._path))
        except FileNotFoundError:
            return False


def _write(path: Path, payload: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o666), "wb") as stream:
        stream.write(payload)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut: it is the folder that holds the name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(home: Path) -> None:
    for remains in home.glob(f"{UNFINISHED}*"):
        if remains.is_dir() and not remains.is_symlink():
            shutil.rmtree(remains, ignore_errors=True)
        else:
            remains.unlink(missing_ok=True)
