r"""Square roots: those of numbers, within the field that they come from.

Takes an element of a field, gives its square root if that lies in the field.

.. math:: x^2 = a, \qquad a, x \in K
"""

from __future__ import annotations

from typing import Any

from sympy import Dummy, Poly
from sympy.polys.domains.domain import Domain

__all__ = ["square_root"]


def square_root(square: Any, domain: Domain) -> Any:  # noqa: ANN401
    """The square root in the field.

    Arguments:
        square: An element of the field.
        domain: The field.

    Returns:
        A root, or None if the field holds none.

    Example:
        >>> from sympy import QQ
        >>> abs(square_root(QQ(9, 4), QQ)), square_root(QQ(2), QQ)
        (3/2, None)
    """
    t = Dummy("t")
    f = Poly.from_list([domain.one, domain.zero, -square], t, domain=domain)
    for factor, _ in f.factor_list()[1]:
        if factor.degree() == 1:
            a, b = (domain.convert(x) for x in factor.rep.to_list())
            return -b / a
    return None
