r"""The command: ``python -m reliability [EXPERIMENT ...] [--share S]``.

Takes names of experiments, all by default, and the part of the full counts to try; gives
``docs/reliability.md`` anew, and 1 as its status if anything got through.

.. math:: \text{status} = [\text{missed} > 0]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from reliability import (
    algebras_in_gap,
    certificates,
    flows_in_heyoka,
    hostile,
    invariants_by_nullspace,
    invariants_in_singular,
    kills,
    repeats,
    soak,
)
from reliability.figures import Figure
from reliability.page import Experiment, page

__all__ = ["EXPERIMENTS", "main"]

HOME = Path(__file__).resolve().parent
EXPERIMENTS: Mapping[str, Callable[[float], list[Figure]]] = {
    "certificates": certificates.figures,
    "gap": algebras_in_gap.figures,
    "singular": invariants_in_singular.figures,
    "nullspace": invariants_by_nullspace.figures,
    "heyoka": flows_in_heyoka.figures,
    "hostile": hostile.figures,
    "kills": kills.figures,
    "soak": soak.figures,
    "repeats": repeats.figures,
}


def main(arguments: list[str] | None = None) -> int:
    """Run experiments, keep their figures, and write the page.

    Arguments:
        arguments: The command line after the program's name.

    Returns:
        0, or 1 if anything got through.
    """
    reader = argparse.ArgumentParser(prog="python -m reliability")
    reader.add_argument("experiments", nargs="*", choices=[[], *EXPERIMENTS])
    reader.add_argument("--share", type=float, default=1.0, help="part of the counts")
    given = reader.parse_args(arguments)
    kept = HOME / "figures.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    missed = 0
    for name in given.experiments or EXPERIMENTS:
        begun = time.process_time()
        found = EXPERIMENTS[name](given.share)
        taken = round(time.process_time() - begun)
        known[name] = {"seconds": taken, "figures": [f.as_dict() for f in found]}
        missed += sum(figure.missed for figure in found)
        for figure in found:
            print(" | ".join(figure.cells))
        kept.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
    table = {
        name: Experiment(
            known[name]["seconds"], [Figure(**row) for row in known[name]["figures"]]
        )
        for name in EXPERIMENTS
        if name in known
    }
    (HOME.parent / "docs" / "reliability.md").write_text(page(table), "utf-8")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
