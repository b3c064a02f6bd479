r"""Spec: one experiment as a small TOML file that holds no code.

Takes the path of a file with the sections phase_space, generators, scaling, model,
training and data, gives frozen plain data in which every key was checked and every
generator was read, or an error with the file, the line and the key to mend.

.. math:: q' = q / s_q, \qquad p' = p / s_p

Data files are named relative to the spec's folder and must lie below one root folder:
by default the parent of the spec's folder, so that ``specs/a.toml`` may name
``../data/b.csv`` and nothing further away.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from symflow.errors import ArgumentError, SpecError
from symflow.files import read_plain_file
from symflow.phase_space import PhaseSpace
from symflow.spec_sections import (
    DataSpec,
    GeneratorsSpec,
    ModelSpec,
    PhaseSpaceSpec,
    ScalingSpec,
    Section,
    TrainingSpec,
    shown,
)
from symflow.toml_tables import toml_table

__all__ = ["Spec", "load_spec"]

MAXIMUM_BYTES = 1_000_000
MAXIMUM_FAULTS = 20
MAXIMUM_DOTS = 200
MAXIMUM_WEIGHTS = 100_000_000

HEADER = re.compile(r"\s*\[\s*([\w.]+)\s*\]")
KEY = re.compile(r"\s*[\"']?([^\s\"'=.\[]+)[\"']?\s*[.=]")

SECTIONS: Mapping[str, type[Section]] = {
    "phase_space": PhaseSpaceSpec,
    "scaling": ScalingSpec,
    "model": ModelSpec,
    "training": TrainingSpec,
    "data": DataSpec,
}
SENTENCES: Mapping[str, str] = {
    "bool_type": "be true or false",
    "dict_type": "be a table",
    "finite_number": "be finite",
    "float_type": "be a number",
    "greater_than": "be greater than {gt}",
    "greater_than_equal": "be at least {ge}",
    "int_from_float": "be a whole number",
    "int_type": "be a whole number",
    "less_than": "be less than {lt}",
    "less_than_equal": "be at most {le}",
    "mapping_type": "be a table",
    "model_type": "be a table",
    "string_too_long": "have at most {max_length} characters",
    "string_too_short": "have at least {min_length} characters",
    "string_type": "be text in quotes",
    "too_long": "hold at most {max_length} entries",
    "too_short": "hold at least {min_length} entries",
    "tuple_type": "be a list",
}


class Spec(Section):
    """One experiment: phase space, symmetry, model, training and data.

    Arguments:
        phase_space: Names of coordinates, momenta and parameters.
        generators: The symmetry.
        scaling: What the data are divided by.
        model: Size and kind of the model.
        training: How it is trained.
        data: Where the data come from; none for a spec that is only inspected.
        title: What the experiment is called.
        description: What it is about.

    Example:
        >>> spec = Spec.model_validate({
        ...     "phase_space": {"q": "x y"},
        ...     "generators": {"L": "x*p_y - y*p_x"},
        ... })
        >>> spec.phase_space.p, spec.model.encoder
        (('p_x', 'p_y'), 'equivariant')
    """

    phase_space: PhaseSpaceSpec
    generators: GeneratorsSpec = GeneratorsSpec()
    scaling: ScalingSpec = ScalingSpec()
    model: ModelSpec = ModelSpec()
    training: TrainingSpec = TrainingSpec()
    data: DataSpec | None = None
    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=10_000)
    _data_path: Path | None = PrivateAttr(default=None)

    @property
    def data_path(self) -> Path | None:
        """The data file, checked to lie below the root; none if there is no file."""
        return self._data_path

    @model_validator(mode="before")
    @classmethod
    def _choose_encoder(cls, tables: object) -> object:
        """Observed momenta need no encoder, so none is the default there."""
        if not isinstance(tables, dict):
            return tables
        data, model = tables.get("data"), tables.get("model", {})
        observed = isinstance(data, dict) and data.get("momenta") == "observed"
        if observed and isinstance(model, dict) and "encoder" not in model:
            return {**tables, "model": {**model, "encoder": "none"}}
        return tables

    @model_validator(mode="after")
    def _check_together(self) -> Spec:
        names = self.phase_space
        space = PhaseSpace(names.q, names.p, names.parameters)
        for name, text in self.generators.expressions.items():
            space.read(text, f"generators.{name}")
        n = len(self.phase_space.q)
        for name, scales in (("q", self.scaling.q), ("p", self.scaling.p)):
            if len(scales) not in (1, n):
                raise ArgumentError(
                    f"Argument `scaling.{name}` must hold one number, or one for each "
                    f"of the {n} coordinates, but it holds {len(scales)}."
                )
        _check_size(self.model)
        if self.data is not None:
            _check_data(self.data, n)
            _check_encoder(self.data, self.model)
        return self

    def dump(self) -> dict[str, Any]:
        """The spec as plain data in the layout of its file.

        Returns:
            A mapping that `Spec.model_validate` reads back, ready for JSON.

        Example:
            >>> spec = Spec.model_validate({"phase_space": {"q": "x"}, "title": "A"})
            >>> spec.dump()["phase_space"]
            {'q': ['x'], 'p': ['p_x'], 'parameters': []}
            >>> Spec.model_validate(spec.dump()) == spec
            True
        """
        tables = self.model_dump(mode="json", exclude={"generators"}, exclude_none=True)
        generators = {
            **self.generators.expressions,
            "complete": self.generators.complete,
        }
        return {**tables, "generators": generators}


def load_spec(
    path: str | os.PathLike[str], root: str | os.PathLike[str] | None = None
) -> Spec:
    r"""The experiment that a TOML file describes; nothing in the file is run.

    Arguments:
        path: The file, one megabyte at most.
        root: The folder that data files must lie in; by default the parent of the
            spec's folder.

    Returns:
        The spec, with the path of its data file.

    Raises:
        SpecError: If the file is missing, too large or no TOML, or if a key is
            missing, unknown, or has a value that it must not have. All faults of the
            keys are listed, each with its line.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "line.toml"
        ...     _ = file.write_text('[phase_space]\nq = "x"\n', encoding="utf-8")
        ...     load_spec(file).phase_space.q
        ('x',)
    """
    file = Path(os.path.realpath(path))
    text = _read(file)
    tables = _parse(text, file.name)
    try:
        spec = Spec.model_validate(tables)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)[:MAXIMUM_FAULTS]
        faults = (_fault(error, text, file.name) for error in errors)
        raise SpecError("\n".join(faults)) from problem
    if spec.data is not None and spec.data.source != "rings":
        allowed = file.parent.parent if root is None else Path(root)
        spec._data_path = _contained(file, spec.data.source, allowed, text)
    return spec


def _check_size(model: ModelSpec) -> None:
    """Each key has a range of its own; their product is what memory has to hold."""
    weights = model.blocks * model.depth * model.width**2
    if weights > MAXIMUM_WEIGHTS:
        raise ArgumentError(
            f"Argument `model` must have at most {MAXIMUM_WEIGHTS:,} weights in its "
            f"hidden layers, but blocks * depth * width**2 is {weights:,}. Take fewer "
            f"blocks or a smaller width."
        )


def _check_data(data: DataSpec, n: int) -> None:
    width = n if data.momenta == "latent" else 2 * n
    if data.columns and len(data.columns) != width:
        raise ArgumentError(
            f"Argument `data.columns` must name {width} columns for {n} coordinates "
            f"with {data.momenta} momenta, but it names {len(data.columns)}."
        )
    if data.source == "rings" and (n != 2 or data.momenta == "observed"):
        raise ArgumentError(
            'Argument `data.source` must be a file here, but it is "rings", which are '
            "points of the plane without momenta. Use two coordinates, latent momenta."
        )


def _check_encoder(data: DataSpec, model: ModelSpec) -> None:
    if (data.momenta == "observed") == (model.encoder == "none"):
        return
    latent = '"equivariant", "mlp" or "thermal"'
    fitting = '"none"' if data.momenta == "observed" else latent
    raise ArgumentError(
        f"Argument `model.encoder` must be {fitting} where momenta are {data.momenta}, "
        f'but it is "{model.encoder}". An encoder draws the momenta that data lack.'
    )


def _read(file: Path) -> str:
    try:
        return read_plain_file(file, MAXIMUM_BYTES).decode("utf-8")
    except UnicodeDecodeError as problem:
        raise SpecError(
            f"{file.name}: Argument `spec` must be text in UTF-8, but byte "
            f"{problem.start} is not. Save it in that encoding."
        ) from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise SpecError(
            f"Argument `spec` must be a TOML file of at most {MAXIMUM_BYTES} bytes, "
            f"but {shown(file.name)} cannot be read: {reason}."
        ) from problem


def _parse(text: str, name: str) -> dict[str, Any]:
    # A key stands in one line, and the reader's time grows as the square of its parts.
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAXIMUM_DOTS:
            raise SpecError(
                f"{name}, line {number}: Argument `spec` must have at most "
                f"{MAXIMUM_DOTS} points in a line, but this one has "
                f"{line.count('.')}. Break it in several lines."
            )
    try:
        return toml_table(text)
    except RecursionError:
        raise SpecError(
            f"{name}: Argument `spec` must be TOML of two levels, but it is nested too "
            "deeply. A section holds keys, and a key a value or a list."
        ) from None
    except ValueError as problem:
        raise SpecError(
            f"{name}: Argument `spec` must be TOML, but it is not: "
            f"{str(problem)[:200]}. Text stands in quotes, as in "
            'L = "x*p_y - y*p_x".'
        ) from problem


def _contained(file: Path, source: str, root: Path, text: str) -> Path:
    where = f"{file.name}{_line(text, ['data', 'source'])}: Argument `data.source`"
    try:
        data = (file.parent / source).resolve()
        inside = data.is_relative_to(root.resolve())
        exists = inside and data.is_file()
    except (OSError, RuntimeError, ValueError) as problem:
        raise SpecError(
            f"{where} must be the path of a file, but {shown(source)} is none."
        ) from problem
    if not inside:
        raise SpecError(
            f"{where} must lie in the folder above the spec's or in the root that was "
            f"given, but {shown(source)} leads out of it. Copy the file there."
        )
    if not exists:
        raise SpecError(
            f"{where} must be a file that exists, but there is none at "
            f"{shown(source)} beside the spec."
        )
    return data


def _fault(error: Mapping[str, Any], text: str, name: str) -> str:
    """One line for the person who mends the file: file, line, key, must, but."""
    location = [str(part) for part in error["loc"]]
    if location[:2] == ["generators", "expressions"]:
        del location[1]
    key = ".".join(location)
    sentence = _sentence(error, location)
    if sentence.startswith("Argument `"):
        # A check across sections names its key itself, one inside a section its end.
        inner = sentence.split("`")[1]
        key = inner if not key or inner.startswith(f"{key}.") else f"{key}.{inner}"
        sentence = sentence.split("`", 2)[2].lstrip()
    return f"{name}{_line(text, key.split('.'))}: Argument `{key}` {sentence}"


def _sentence(error: Mapping[str, Any], location: list[str]) -> str:
    bounds = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(bounds["error"])
        case "extra_forbidden":
            return _unknown_key(location)
        case "missing":
            return "must be given, but it is missing."
        case "literal_error":
            must = f"be {bounds['expected']}"
        case kind:
            template = SENTENCES.get(kind, "be valid")
            must = template.format(**bounds)
    return f"must {must}, but it is {shown(error['input'])}."


def _unknown_key(location: list[str]) -> str:
    section = Spec.model_fields.get(location[0]) if len(location) > 1 else None
    fields = SECTIONS[location[0]].model_fields if section else Spec.model_fields
    close = difflib.get_close_matches(location[-1], fields, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"must be one of {', '.join(fields)}, but it is no key of a spec.{hint}"


def _line(text: str, location: list[str]) -> str:
    """Where a key stands, as far as a look at the lines can tell."""
    table: list[str] = []
    best, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if header := HEADER.match(line):
            found = table = header[1].split(".")
        elif key := KEY.match(line):
            found = [*table, key[1]]
        else:
            continue
        if len(found) > depth and found == location[: len(found)]:
            best, depth = f", line {number}", len(found)
    return best
