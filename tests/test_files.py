"""Laws of files: old or new, never half; and one writer a folder."""

import os
import subprocess
import sys

import pytest

from symflow.errors import OutputExistsError
from symflow.files import (
    UNFINISHED,
    FolderLock,
    read_plain_file,
    write_file_atomically,
    write_folder_atomically,
)
from tests.full_disk import full_disk


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_plain_file_is_read_and_nothing_else(tmp_path):
    (tmp_path / "plain").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    os.mkfifo(tmp_path / "pipe")
    assert read_plain_file(tmp_path / "plain") == b"content"
    assert read_plain_file(tmp_path / "plain", largest=7) == b"content"
    for name, part in [
        ("link", "is a link"),
        ("pipe", "not a plain file"),
        ("missing", "No such file"),
    ]:
        with pytest.raises(OSError, match=part):
            read_plain_file(tmp_path / name)
    with pytest.raises(OSError, match="larger than 6 bytes"):
        read_plain_file(tmp_path / "plain", largest=6)


def test_file_is_replaced_whole(tmp_path):
    for payload in (b"first", b"second, and longer", b""):
        write_file_atomically(tmp_path / "file", payload)
        assert content(tmp_path) == {"file": payload}


def test_full_disk_leaves_the_old_file(tmp_path):
    write_file_atomically(tmp_path / "file", b"old")
    with full_disk(10), pytest.raises(OSError, match="large"):
        write_file_atomically(tmp_path / "file", b"new" * 10)
    assert content(tmp_path) == {"file": b"old"}


def test_full_disk_leaves_the_old_folder(tmp_path):
    home = tmp_path / "home"
    write_folder_atomically(home / "one", {"a": b"old"})
    with full_disk(10), pytest.raises(OSError, match="large"):
        write_folder_atomically(home / "one", {"a": b"new", "b": b"new" * 10})
    assert content(tmp_path) == {"home/one/a": b"old"}


def test_folder_is_replaced_whole_and_remains_are_cleared(tmp_path):
    home = tmp_path / "home"
    write_folder_atomically(home / "one", {"a": b"1", "b": b"2"})
    (home / f"{UNFINISHED}two").mkdir()
    (home / f"{UNFINISHED}two" / "a").write_bytes(b"half")
    (home / f"{UNFINISHED}three").write_bytes(b"half")
    write_folder_atomically(home / "one", {"c": b"3"})
    assert content(tmp_path) == {"home/one/c": b"3"}


def test_nothing_is_written_or_cleared_through_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / f"{UNFINISHED}mine").write_bytes(b"mine")
    (tmp_path / "home").symlink_to(outside)
    with pytest.raises(OSError, match="is a link"):
        write_folder_atomically(tmp_path / "home" / "one", {"a": b"1"})
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / f"{UNFINISHED}trap").symlink_to(outside)
    write_folder_atomically(tmp_path / "real" / "one", {"a": b"1"})
    assert content(outside) == {f"{UNFINISHED}mine": b"mine"}
    (tmp_path / f"{UNFINISHED}file").symlink_to(outside / f"{UNFINISHED}mine")
    with pytest.raises(OSError, match="symbolic links"):
        write_file_atomically(tmp_path / "file", b"1")
    assert content(outside) == {f"{UNFINISHED}mine": b"mine"}


def test_two_writers_in_one_folder(tmp_path):
    with FolderLock(tmp_path):
        with pytest.raises(OutputExistsError, match=f"in use by process {os.getpid()}"):
            FolderLock(tmp_path).__enter__()
        assert (tmp_path / "run.lock").exists()
    assert not (tmp_path / "run.lock").exists()
    with FolderLock(tmp_path):
        pass


HOLD = """
import os, sys
from symflow.files import FolderLock
FolderLock(sys.argv[1]).__enter__()
print("held", flush=True)
sys.stdin.read()
"""


def test_lock_of_a_killed_process_is_free(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as holder:  # noqa: S603
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutputExistsError, match=f"process {holder.pid}"):
            FolderLock(tmp_path).__enter__()
        holder.kill()
        holder.wait()
    assert (tmp_path / "run.lock").exists()
    with FolderLock(tmp_path):
        assert (tmp_path / "run.lock").read_text() == f"{os.getpid()}\n"
