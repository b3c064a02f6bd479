r"""Verify: check a certificate with nothing but SymPy, sharing no code with its writer.

Takes a certificate, gives one finding a claim. Every bracket is computed again from the
generators, and a claim must say, word for word, what its evidence shows.

Nearly all claims come down to three questions: whether a function is zero (`functions`,
which `reading` takes from text), how large a rank is (`facts`), and whether a space is
spanned (`spans`), which is a rank again. One function a kind of claim asks them; `checking`
lists these, and is the file to begin with. What is too large, or of a kind that has no
rule, is said to be not re-checked.

The folder stands alone: copied anywhere, ``python -m verify CERTIFICATE`` runs it.
"""

from .checking import verify
from .command import load, main
from .verdicts import Finding, MalformedError, TooLargeError, Verdict

__all__ = [
    "Finding",
    "MalformedError",
    "TooLargeError",
    "Verdict",
    "load",
    "main",
    "verify",
]
