r"""Spec sections: the tables of a spec file, each with its keys and their ranges.

Takes plain data as TOML gives them, gives frozen records; nothing is converted but a
list to a tuple, a name or a number to a tuple of one, and no key is accepted that is
not listed.

.. math:: q' = q / s_q, \qquad p' = p / s_p
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    field_validator,
    model_validator,
)

from symflow.expressions import valid_name
from symflow.phase_space import PhaseSpace

__all__ = [
    "DataSpec",
    "GeneratorsSpec",
    "ModelSpec",
    "PhaseSpaceSpec",
    "ScalingSpec",
    "Section",
    "TrainingSpec",
    "shown",
]

MAXIMUM_COORDINATES = 64
MAXIMUM_GENERATORS = 256

Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class Section(BaseModel):
    """A table of a spec: frozen, no conversions, no keys beyond its own."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False
    )


def shown(value: object, length: int = 60) -> str:
    r"""A value from a file in a message: short, printable, whatever it holds.

    Arguments:
        value: The value.
        length: Characters at most.

    Returns:
        One line of text.

    Example:
        >>> print(shown("a\n" * 100, 10))
        'a\na\n...
    """
    if isinstance(value, int) and value.bit_length() > 256:
        return "a whole number of more than 77 digits"
    text = repr(value[: 2 * length]) if isinstance(value, str) else _outline(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= length else text[: length - 3] + "..."


def _outline(value: object) -> str:
    if isinstance(value, dict):
        return f"a table of {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _names(value: object) -> object:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return _listed(value)


def _scales(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (value,)
    return _listed(value)


def _held_out(value: object) -> int | float | None:
    is_part = isinstance(value, float) and 0.0 <= value < 1.0
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if value is None or is_part or is_count:
        return value  # type: ignore[return-value]
    raise ValueError(
        f"must be a part in [0, 1) or a whole number of rows, but it is {shown(value)}."
    )


Names = Annotated[
    tuple[str, ...], BeforeValidator(_names), Field(max_length=MAXIMUM_COORDINATES)
]
Scales = Annotated[
    tuple[Annotated[float, Field(gt=0)], ...],
    BeforeValidator(_scales),
    Field(min_length=1, max_length=MAXIMUM_COORDINATES),
]


class PhaseSpaceSpec(Section):
    """The names of coordinates, momenta and parameters.

    Arguments:
        q: Names of the coordinates, ``"x y z"`` or a list.
        p: Names of the momenta; by default ``p_`` before each coordinate.
        parameters: Names of real constants.

    Example:
        >>> PhaseSpaceSpec(q="x y").p
        ('p_x', 'p_y')
    """

    q: Names
    p: Names = ()
    parameters: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _name_momenta(cls, table: object) -> object:
        if isinstance(table, dict) and "p" not in table:
            q = _names(table.get("q", ()))
            if isinstance(q, tuple) and all(isinstance(name, str) for name in q):
                return {**table, "p": [f"p_{name}" for name in q]}
        return table

    @model_validator(mode="after")
    def _declare(self) -> PhaseSpaceSpec:
        PhaseSpace(self.q, self.p, self.parameters)
        return self


class GeneratorsSpec(Section):
    """The generators of the symmetry; without any, the model has none.

    Arguments:
        expressions: The text of each generator under its name. In the file these stand
            directly in ``[generators]``.
        complete: Whether to add the brackets that the generators lack.

    Example:
        >>> GeneratorsSpec.model_validate({"L": "x*p_y - y*p_x"}).expressions["L"]
        'x*p_y - y*p_x'
    """

    expressions: Annotated[Mapping[str, str], Field(max_length=MAXIMUM_GENERATORS)] = {}
    complete: bool = False

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: object) -> object:
        if not isinstance(table, dict):
            return table
        rest = {name: text for name, text in table.items() if name != "complete"}
        return {"expressions": rest, "complete": table.get("complete", False)}

    @field_validator("expressions")
    @classmethod
    def _check_names(cls, expressions: Mapping[str, str]) -> Mapping[str, str]:
        for name in expressions:
            if not valid_name(name):
                raise ValueError(
                    "must hold names of letters, digits and underscores, but "
                    f"{shown(name)} is not one. Rename it."
                )
        return expressions


class ScalingSpec(Section):
    """What the data are divided by before they are learned.

    Arguments:
        q: One length for all coordinates, or one for each.
        p: One momentum or velocity for all, or one for each.
        q_unit: The unit of the coordinates, for labels.
        p_unit: The unit of the momenta, for labels.

    Example:
        >>> ScalingSpec(q=10.0, q_unit="kpc").q
        (10.0,)
    """

    q: Scales = (1.0,)
    p: Scales = (1.0,)
    q_unit: str = Field(default="", max_length=32)
    p_unit: str = Field(default="", max_length=32)


class ModelSpec(Section):
    """The size and kind of the model.

    Arguments:
        blocks: Number of blocks of pieces.
        width: Units of each hidden layer.
        depth: Number of hidden layers.
        components: Gaussians in the base.
        encoder: ``"equivariant"``, ``"mlp"``, or ``"thermal"`` for one Gaussian at every
            position, for latent momenta; ``"none"`` for observed ones; by default the
            one that fits.
        kinetic: ``"learned"`` for any function of the invariants of p, or ``"scalar"`` or
            ``"matrix"`` for half the square of p over a mass, which alone is learned.
        dtype: ``"float32"`` or ``"float64"``.

    Example:
        >>> ModelSpec(blocks=8).dtype
        'float32'
    """

    blocks: int = Field(default=16, ge=1, le=1024)
    width: int = Field(default=32, ge=1, le=4096)
    depth: int = Field(default=2, ge=1, le=64)
    components: int = Field(default=4, ge=1, le=1024)
    encoder: Literal["equivariant", "mlp", "thermal", "none"] = "equivariant"
    kinetic: Literal["learned", "scalar", "matrix"] = "learned"
    dtype: Literal["float32", "float64"] = "float32"


class TrainingSpec(Section):
    """How the model is trained.

    Arguments:
        steps: Number of steps.
        batch_size: Samples in a batch.
        learning_rate: Height of the learning rate.
        weight_decay: Decoupled decay of the weights.
        held_out: The part of the rows (a decimal) or the number of rows (a whole
            number) to hold out; by default the choice of `fit`.
        patience: Evaluations without a better held-out bound before the run stops.
        seed: Seed of the first weights, the split, the order and the noise.

    Example:
        >>> TrainingSpec(steps=100, held_out=0.1).held_out
        0.1
    """

    steps: Count = 2000
    batch_size: Count = 256
    learning_rate: float = Field(default=3e-3, gt=0, le=1)
    weight_decay: float = Field(default=0.0, ge=0, le=1)
    # Whole numbers first: old releases of pydantic write by the first type that fits.
    held_out: Annotated[int | float | None, PlainValidator(_held_out)] = None
    patience: Count = 20
    seed: int = Field(default=0, ge=0, le=2**63 - 1)


class DataSpec(Section):
    """Where the data come from.

    Arguments:
        source: ``"rings"``, or the path of a ``.csv`` or ``.npy`` file relative to the
            spec's folder.
        columns: Columns of a ``.csv`` file: the coordinates, then observed momenta.
        momenta: Whether the data hold momenta (``"observed"``) or not (``"latent"``).

    Example:
        >>> DataSpec(source="rings").momenta
        'latent'
    """

    source: str = Field(min_length=1, max_length=1024)
    columns: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    momenta: Literal["latent", "observed"] = "latent"

    @field_validator("source")
    @classmethod
    def _check_source(cls, source: str) -> str:
        if source == "rings":
            return source
        absolute = (PurePosixPath(source), PureWindowsPath(source))
        if any(path.anchor for path in absolute) or not source.isprintable():
            raise ValueError(
                "must be a path relative to the spec's folder, but it is "
                f"{shown(source)}. Copy the file beside the spec."
            )
        if not source.endswith((".csv", ".npy")):
            raise ValueError(
                'must be "rings" or the path of a .csv or .npy file, but it is '
                f"{shown(source)}."
            )
        return source

    @model_validator(mode="after")
    def _check_columns(self) -> DataSpec:
        if self.columns and not self.source.endswith(".csv"):
            raise ValueError(
                "must name columns of a .csv file only, but its source is "
                f"{shown(self.source)}. Drop `columns`."
            )
        if len(set(self.columns)) != len(self.columns):
            raise ValueError("must name each column once, but one stands twice.")
        return self
