"""Constraints: the oldest versions that are tried are the lower bounds that are promised."""

import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"([\w-]+)==([0-9.]+)")


def bounds(section, option):
    """The lower bound of each package in a list of setup.cfg."""
    reader = ConfigParser(comment_prefixes=("#",), inline_comment_prefixes=("#",))
    reader.read(ROOT / "setup.cfg")
    return dict(re.findall(r"([\w-]+)>=([0-9.]+)", reader[section][option]))


def pins(name):
    return dict(PIN.findall((ROOT / name).read_text("utf-8")))


def test_every_lower_bound_is_tried():
    oldest = pins("constraints-oldest.txt")
    for package, bound in bounds("options", "install_requires").items():
        tried = oldest[package].split(".")
        assert tried[: bound.count(".") + 1] == bound.split("."), package
        assert not any(map(int, tried[bound.count(".") + 1 :])), package


def test_every_package_is_pinned_above_its_bound():
    newest = {name.lower(): v for name, v in pins("constraints.txt").items()}
    for package, bound in bounds("options", "install_requires").items():
        pinned = tuple(map(int, newest[package].split(".")))
        assert pinned >= tuple(map(int, bound.split("."))), package
