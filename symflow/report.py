r"""Report: one page on a trained model: what was proved, what was measured, how it looks.

Takes a model, its certificate, the course of its training, pictures and numbers, gives a
self-contained ``report.html``.

.. math:: \text{declared} \to \text{proved} \to \text{by construction} \to \text{measured}
"""

from __future__ import annotations

import math
import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from symflow.certificate import Certificate
from symflow.claims import Claim, Standing
from symflow.densities import InvariantGaussianMixture
from symflow.errors import OutputExistsError
from symflow.files import write_file_atomically
from symflow.flow import HamiltonianFlow
from symflow.history import History
from symflow.pages import Code, Content, Formula, Picture, Section, Table, page
from symflow.stages import Whole

__all__ = ["model_sections", "write_report"]

# A number by its name, for each model; "NAME, standard error" belongs to "NAME".
Numbers = Mapping[str, Mapping[str, float | str]]

_ERROR = ", standard error"
_PACKAGES = ("symflow", "torch", "sympy", "numpy", "matplotlib")
_COMPLETENESS = ("independent", "count", "generating", "generating all", "global count")
# Which kinds of claims stand together, in the order of what a reader asks first.
_GROUPS = {
    "The density": ("invariant density", "kinematics", "encoder"),
    "The map": ("equivariant map", "conserved", "volume"),
    "The pieces of the map": (),
    "The base": ("base",),
    "The invariants": ("invariant", *_COMPLETENESS),
    "The algebra": ("closure", "independent generators", "added"),
    "What was measured": ("measured",),
}
_PIECES = "The pieces of the map"
_MEANINGS = {
    Standing.PROVED: "an identity, checked in exact arithmetic",
    Standing.BY_CONSTRUCTION: "follows from proved identities, for any weights",
    Standing.MEASURED: "a number, found at the points and in the precision given",
    Standing.NOT_KNOWN: "neither proved nor refuted",
}
# Letters that the statements of claims use as symbols, beside the names of the model.
_LETTERS = frozenset(("A", "B", "H", "J", "S", "c", "f", "g", "h", "pi", "p", "q", "z"))


def write_report(
    path: str | os.PathLike[str],
    title: str,
    sections: Sequence[Section],
    *,
    summary: Content = "",
    overwrite: bool = False,
) -> None:
    """Write one page that opens without a network, whole or not at all.

    Arguments:
        path: The file.
        title: The title of the page.
        sections: Its sections, such as `model_sections` gives.
        summary: A sentence under the title.
        overwrite: Whether a file of that name may be replaced.

    Raises:
        OutputExistsError: If the file exists and may not be replaced.
        OSError: If the disk refuses.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_report(f"{folder}/report.html", "Rings", [Section("Numbers")])
        ...     Path(folder, "report.html").read_text(encoding="utf-8")[:15]
        '<!DOCTYPE html>'
    """
    if Path(path).exists() and not overwrite:
        raise OutputExistsError(
            f"Argument `path` must name a new file, but {str(path)!r} exists. Choose "
            "another name, or write it with overwrite=True."
        )
    write_file_atomically(path, page(title, sections, summary).encode())


def model_sections(
    model: HamiltonianFlow,
    certificate: Certificate,
    history: History | None,
    figures: Sequence[Picture],
    numbers: Numbers,
    *,
    commands: Sequence[str] = (),
    seed: int | None = None,
) -> tuple[Section, ...]:
    """The sections of the report on one model.

    Arguments:
        model: The model.
        certificate: Its certificate.
        history: The course of its training, if there was any.
        figures: The pictures.
        numbers: For each model that is compared (this one first), its figures by name; a
            figure called ``"NAME, standard error"`` is shown with that called ``"NAME"``.
        commands: What to type to get all of it again.
        seed: The seed of weights and training.

    Returns:
        What was declared, the invariants, the map, the base, what is guaranteed, the
        numbers, the pictures, and how to reproduce them.

    Example:
        >>> from symflow.algebra import LieAlgebra
        >>> from symflow.diagnostics import certify
        >>> from symflow.invariants import invariants
        >>> from symflow.phase_space import PhaseSpace
        >>> so2 = LieAlgebra(PhaseSpace("x y"), {"L": "x*p_y - y*p_x"})
        >>> model = HamiltonianFlow(invariants(so2), blocks=1)
        >>> sections = model_sections(model, certify(model), None, (), {})
        >>> [section.heading for section in sections][:3]
        ['What was declared', 'Invariants', 'The map']
    """
    names = _names(certificate)
    sections = [
        _declared(model, certificate),
        _invariants(model, certificate, names),
        _map(model),
        _base(model),
        _guarantees(certificate, names),
    ]
    if numbers or history is not None:
        sections.append(_numbers(history, numbers))
    if figures:
        sections.append(Section("Pictures", figures=figures))
    return (*sections, _reproduction(commands, seed))


def _declared(model: HamiltonianFlow, certificate: Certificate) -> Section:
    document = certificate.document
    space = document["phase_space"]
    words: Content = (
        f"{model.n} degree{'s' * (model.n > 1)} of freedom: "
        f"coordinate{'s' * (model.n > 1)} ",
        *_listed(space["q"]),
        f", with moment{'a' if model.n > 1 else 'um'} ",
        *_listed(space["p"]),
        ". ",
        _how_observed(model),
    )
    if not document["generators"]:
        baseline = "No generator was declared: this is the baseline without a symmetry."
        return Section("What was declared", [words, baseline])
    identity = model.invariants.algebra.identify()
    added = {item["name"]: item["from"] for item in document["added"]}
    generators = [
        (Formula(name), Formula(text), _origin(added.get(name)))
        for name, text in document["generators"].items()
    ]
    tables = [Table("The generators", ("name", "function", "origin"), generators)]
    brackets = [
        (Formula(f"{{{left}, {right}}}"), Formula(_combination(row)))
        for left, right, row in document["structure_constants"]
    ]
    exact = model.invariants.algebra.exact
    closes = (
        f"The generators close under the Poisson bracket: {identity} ",
        identity.standing if exact else Standing.MEASURED,
    )
    if brackets:
        caption = "The brackets that do not vanish"
        tables.append(Table(caption, ("bracket", "is"), brackets))
    return Section("What was declared", [words, closes], tables)


def _how_observed(model: HamiltonianFlow) -> str:
    if model.momenta == "latent":
        return "The data are positions; the momenta are latent."
    return "The data are positions and momenta."


def _origin(brackets: Sequence[str] | None) -> Content:
    if brackets is None:
        return "declared"
    return "added, for ", Formula(f"{{{brackets[0]}, {brackets[1]}}}"), " needs it"


def _combination(row: Mapping[str, str]) -> str:
    """A combination of generators, as one would write it."""
    text = ""
    for name, factor in row.items():
        sign, size = ("-", factor[1:]) if factor.startswith("-") else ("+", factor)
        wrapped = f"({size})" if {"+", "-"} & set(size) else size
        term = name if size == "1" else f"{wrapped}*{name}"
        text += f" {sign} {term}"
    return text[3:] if text.startswith(" + ") else text.replace(" - ", "-", 1)


def _invariants(
    model: HamiltonianFlow, certificate: Certificate, names: frozenset[str]
) -> Section:
    of_q = set(map(str, model.invariants.of_q))
    of_p = set(map(str, model.invariants.of_p))
    rows = [
        (
            Formula(f"I{k}"),
            Formula(text),
            Formula("q" if text in of_q else "p" if text in of_p else "q, p"),
        )
        for k, text in enumerate(certificate.document["invariants"], start=1)
    ]
    complete: list[Content] = [
        (
            Formula(f"{claim.statement[0].upper()}{claim.statement[1:]} ", names),
            claim.standing,
        )
        for claim in certificate.claims
        if claim.kind in _COMPLETENESS
    ]
    words = (
        "Functions that commute with every generator. By the chain rule every smooth "
        "function of them does so too: they are what the learned Hamiltonians are "
        "functions of."
    )
    table = Table("The invariants", ("name", "function", "depends on"), rows)
    return Section("Invariants", [words, *complete], [table])


def _map(model: HamiltonianFlow) -> Section:
    used = Counter(stage.piece for stage in model.stages)
    rows = [
        (
            "shear" if type(piece).__name__ == "Shear" else "linear flow",
            Formula(", ".join(map(str, piece.functions))),
            str(count),
            Formula(piece.why, _LETTERS),
        )
        for piece, count in used.items()
        if not isinstance(piece, Whole)
    ]
    count = sum(weight.numel() for weight in model.parameters())
    words = (
        f"{len(model.stages)} exact flows of learned functions of invariants, one after "
        f"the other, arranged by ",
        Code(repr(model.integrator)),
        f". With base and encoder the model has {count:,} weights.",
    )
    head = ("piece", "function of", "times", "why its flow is exact")
    return Section("The map", [words], [Table("The pieces", head, rows)])


def _base(model: HamiltonianFlow) -> Section:
    paragraphs: list[Content] = [_words_of_base(model)]
    if model.encoder is not None and model.encoder.equivariant:
        paragraphs.append(
            "The encoder of the momenta given the positions is equivariant: its mean and "
            "covariance move with the position as the momenta do, so the bound that "
            "training maximises is invariant too."
        )
    elif model.encoder is not None:
        paragraphs.append(
            "The encoder of the momenta given the positions is a plain network, not an "
            "equivariant one: the bound that training maximises is not invariant, "
            "whatever the density is."
        )
    return Section("The base", paragraphs)


def _words_of_base(model: HamiltonianFlow) -> str:
    base, action = model.base, model.action
    if action is None:
        return (
            f"A density of the user's own, {type(base).__name__}. Nothing is claimed of its "
            f"invariance, and so nothing of that of the learned density."
        )
    if not isinstance(base, InvariantGaussianMixture):
        return (
            f"{type(base).__name__}, a function of what every generator leaves as it is: "
            f"invariant for any weights, by construction."
        )
    several = base.components > 1
    gaussians = f"A mixture of {base.components} Gaussians" if several else "A Gaussian"
    return (
        f"{gaussians} with learned weights, means and covariances, each invariant for any "
        f"weights: the matrices that commute with the action span "
        f"{len(action.commutant)} dimensions. The map conserves every generator, so how "
        f"the generators are distributed is learned here and nowhere else."
    )


def _guarantees(certificate: Certificate, names: frozenset[str]) -> Section:
    claims = certificate.claims
    counts = Counter(claim.standing for claim in claims)
    standings = [
        (standing, str(counts[standing]), _MEANINGS[standing])
        for standing in Standing
        if counts[standing]
    ]
    rows: list[tuple[Content, ...]] = []
    for group, members in _grouped(claims).items():
        rows.append((group,))
        rows += [
            (Formula(c.statement, names), c.standing, Formula(c.why, names))
            for c in members
        ]
    words = (
        "Every claim of the certificate. ",
        Code("symflow verify"),
        " checks the proved ones again, with code that shares nothing with this.",
    )
    return Section(
        "What is guaranteed",
        [words],
        [
            Table("Standings", ("standing", "claims", "meaning"), standings),
            Table("Claims", ("guarantee", "standing", "why"), rows),
        ],
    )


def _grouped(claims: Sequence[Claim]) -> Mapping[str, Sequence[Claim]]:
    place = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}
    groups: dict[str, list[Claim]] = {group: [] for group in _GROUPS}
    for claim in claims:
        groups[place.get(claim.kind, _PIECES)].append(claim)
    return {group: members for group, members in groups.items() if members}


def _numbers(history: History | None, numbers: Numbers) -> Section:
    paragraphs: list[Content] = []
    if history is not None and len(history.step):
        ended = f": {history.stopped}" if history.stopped else ""
        words = (
            f"Trained for {int(history.step[-1]):,} steps in "
            f"{_duration(float(history.seconds[-1]))}{ended}. The weights of step "
            f"{history.best_step:,} were kept, with a bound of {history.best_bound:.4g} "
            f"nats."
        )
        paragraphs.append(Formula(words, frozenset()))
    listed = {name: None for model in numbers.values() for name in model}
    rows: list[tuple[Content, ...]] = [
        (Formula(name, _LETTERS), *(_number(model, name) for model in numbers.values()))
        for name in listed
        if not name.endswith(_ERROR)
    ]
    table = Table(
        "Measured, with standard errors where a number is a mean",
        ("quantity", *numbers),
        rows,
        numeric=True,
    )
    return Section("The numbers", paragraphs, [table] if rows else [])


def _number(model: Mapping[str, float | str], name: str) -> Content:
    """A figure to three digits, or to the second digit of its standard error."""
    value, error = model.get(name, "–"), model.get(name + _ERROR)
    if isinstance(value, str):
        return value
    text = f"{value:.3g}"
    if isinstance(error, float) and 0 < error < math.inf:
        places = max(0, 1 - math.floor(math.log10(error)))
        text = f"{value:.{places}f} ± {error:.{places}f}"
    return Formula(text, frozenset())


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{seconds:.3g} s"


def _reproduction(commands: Sequence[str], seed: int | None) -> Section:
    paragraphs: list[Content] = [Code("\n".join(commands))] if commands else []
    rows = [("Python", platform.python_version())]
    rows += [(name, version(name)) for name in _PACKAGES]
    rows.append(("machine", f"{platform.system()}, {platform.machine()}"))
    if seed is not None:
        rows.append(("seed", str(seed)))
    table = Table("Made with", ("what", "version"), rows)
    return Section("How to reproduce it", paragraphs, [table])


def _names(certificate: Certificate) -> frozenset[str]:
    document = certificate.document
    space = document["phase_space"]
    numbered = (f"I{k + 1}" for k in range(len(document["invariants"])))
    return _LETTERS.union(
        space["q"], space["p"], space["parameters"], document["generators"], numbered
    )


def _listed(names: Sequence[str]) -> Iterator[Formula | str]:
    for k, name in enumerate(names):
        if k:
            yield " and " if k + 1 == len(names) else ", "
        yield Formula(name)
