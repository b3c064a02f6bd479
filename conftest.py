"""What pytest leaves out where an extra is not installed."""

from importlib.util import find_spec

# The page of the lab is written in marimo, and doctests import every module.
collect_ignore = [] if find_spec("marimo") else ["symflow/lab_page.py"]
