"""Lies: true certificates with one change that makes them say what is not so.

Each kind of change comes with a test of its own, in SymPy's expressions, that a truth has
changed: it gives whether it has.
"""

import json
import re
from collections import Counter
from functools import cache

import sympy

from symflow.algebra import LieAlgebra, closure
from symflow.bracket import poisson_bracket
from symflow.certificate import certificate
from symflow.claims import Claim, Standing
from symflow.invariants import invariants
from symflow.phase_space import PhaseSpace
from symflow.representation import LinearAction
from symflow.splitting import split
from tests import systems

NUMBER = Claim(
    "measured",
    "error of the map: 1e-07, to stay below 7.62939e-06",
    Standing.MEASURED,
    "largest over 8 points in float32",
    {
        "name": "error of the map",
        "value": 1e-7,
        "tolerance": 2**-17,
        "points": 8,
        "dtype": "float32",
        "stages": 8,
        "stretch": 2.0,
    },
)
MASSES = PhaseSpace("x y", parameters="m omega")
OTHERS = {
    "so(3), completed": (
        closure(PhaseSpace("x y z"), {"A": "y*p_z - z*p_y", "B": "z*p_x - x*p_z"}),
        True,
    ),
    "irrational oscillator": (
        LieAlgebra(
            PhaseSpace("x y"),
            {
                "H": "sqrt(2)*(p_x**2 + x**2) + sqrt(3)*(p_y**2 + y**2)/sqrt(6) - sqrt(6)*x"
            },
        ),
        True,
    ),
    "oscillator with parameters": (
        LieAlgebra(
            MASSES,
            {
                "H": "(p_x**2 + p_y**2)/(2*m) + m*omega**2*(x**2 + y**2)/2",
                "L": "x*p_y - y*p_x",
            },
        ),
        False,
    ),
    "names of Python and SymPy": (
        LieAlgebra(PhaseSpace(["lambda", "I"], ["E", "φ"]), {"None": "lambda*φ - I*E"}),
        True,
    ),
}
CASES = {str(system): (system.algebra, system.compact) for system in systems.ALL}
CASES |= OTHERS


@cache
def original(name, degree=None):
    algebra, compact = CASES[name]
    found = invariants(algebra, degree)
    action = LinearAction(algebra) if compact else None
    made = certificate(found, split(found), action, [NUMBER])
    return json.dumps(made.document)


def document(name, degree=None):
    return json.loads(original(name, degree))


def claim(made, kind, which=0):
    return [c for c in made["claims"] if c["kind"] == kind][which]


def restate(made, k, standing):
    """Change a standing, and the count of standings with it."""
    made["claims"][k]["standing"] = standing
    counts = Counter(c["standing"] for c in made["claims"])
    made["summary"]["standings"] = dict(counts)


def tweaked(text, random):
    """The text with one number changed, one sign turned or one name exchanged."""
    places = list(re.finditer(r"\d+|[-+](?= )|(?<![\w])[a-zA-Z]\w*", text))
    place = random.choice(places)
    old = place[0]
    names = [m[0] for m in places if m[0][0].isalpha()]
    if old.isdigit():
        new = str(int(old) + random.choice([1, 2, 5]))
    elif old in "+-":
        new = "-" if old == "+" else "+"
    else:
        new = random.choice([*(n for n in names if n != old), f"3*{old}"])
    return text[: place.start()] + new + text[place.end() :]


def space_of(made):
    return PhaseSpace(**made["phase_space"])


def functions(made):
    space = space_of(made)
    return {name: space.read(text) for name, text in made["generators"].items()}


def closes(made):
    space, g = space_of(made), functions(made)
    table = {(left, right): row for left, right, row in made["structure_constants"]}
    return all(
        sympy.expand(
            poisson_bracket(g[left], g[right], space)
            - sum(space.read(c) * g[k] for k, c in table.get((left, right), {}).items())
        )
        == 0
        for i, left in enumerate(g)
        for right in list(g)[i + 1 :]
    )


def commute(made, texts):
    space, g = space_of(made), functions(made)
    return all(
        sympy.expand(poisson_bracket(space.read(f), h, space)) == 0
        for f in texts
        for h in g.values()
    )


def gradients_rank(made, texts, point):
    space = space_of(made)
    place = dict(zip(space.z, map(sympy.Rational, point), strict=True))
    rows = [[space.read(f).diff(x).subs(place) for x in space.z] for f in texts]
    return sympy.Matrix(rows).rank() if rows else 0


def field_matrix(made, text):
    """The A and b of the field of a function of degree two at most."""
    space = space_of(made)
    slope = sympy.Matrix([space.read(text).diff(x) for x in space.z])
    A = space.J * slope.jacobian(space.z)
    return A, space.J * slope.subs(dict.fromkeys(space.z, 0))


def generator_changed(made, random):
    name = random.choice([*made["generators"], ""])
    if name:
        made["generators"][name] = tweaked(made["generators"][name], random)
        return not (closes(made) and commute(made, made["invariants"]))
    return False


def invariant_changed(made, random):
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    made["invariants"][k] = tweaked(made["invariants"][k], random)
    return not commute(made, made["invariants"])


def invariant_and_its_claim_changed(made, random):
    """The same lie told twice, so that only the bracket can tell."""
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    lie = tweaked(made["invariants"][k], random)
    made["invariants"][k] = lie
    said = claim(made, "invariant", k)
    said["evidence"]["expression"] = lie
    said["statement"] = (
        f"{said['statement'].partition(f'I{k + 1} = ')[0]}I{k + 1} = {lie}"
    )
    return not commute(made, [lie])


def invariant_missing(made, random):
    """Generators are minimal: without one of them they no longer generate."""
    if not made["invariants"]:
        return False
    k = random.randrange(len(made["invariants"]))
    del made["invariants"][k]
    return True


def invariant_missing_everywhere(made, random):
    """The list, the claims and every count agree, so that only the ranks can tell."""
    count = len(made["invariants"])
    if not count:
        return False
    k = random.randrange(count)
    del made["invariants"][k]
    made["claims"].remove(claim(made, "invariant", k))
    for j, text in enumerate(made["invariants"], start=1):
        said = claim(made, "invariant", j - 1)
        head = said["statement"].partition(" = 0 for")[2].rpartition(", I")[0]
        said["statement"] = f"{{g, I{j}}} = 0 for{head}, I{j} = {text}"
    made["summary"]["invariants"] -= 1
    made["summary"]["standings"]["proved"] -= 1
    said = claim(made, "independent")
    said["statement"] = said["statement"].replace(f"the {count} ", f"the {count - 1} ")
    return True


def constant_changed(made, random):
    if not made["structure_constants"]:
        return False
    row = random.choice(made["structure_constants"])[2]
    name = random.choice([*row])
    row[name] = random.choice([f"-({row[name]})", f"{row[name]} + 1", "0", "7/3"])
    return not closes(made)


def constant_missing(made, random):
    if not made["structure_constants"]:
        return False
    made["structure_constants"].remove(random.choice(made["structure_constants"]))
    return not closes(made)


def rank_changed(made, random):
    kind = random.choice(["independent", "count"])
    evidence = claim(made, kind)["evidence"]
    evidence["rank"] += random.choice([-1, 1])
    texts = made["invariants"] if kind == "independent" else made["generators"].values()
    return gradients_rank(made, texts, evidence["point"]) != evidence["rank"]


def rank_and_words_changed(made, random):
    """An overstated count, told in the evidence and in the words."""
    said = claim(made, "independent")
    rank = said["evidence"]["rank"] + 1
    said["evidence"]["rank"] = rank
    said["statement"] = re.sub(r"^\d+", str(rank), said["statement"])
    return gradients_rank(made, made["invariants"], said["evidence"]["point"]) != rank


def point_changed(made, random):
    """At the origin, and where coordinates vanish, gradients may lose rank."""
    kind = random.choice(["independent", "count"])
    evidence = claim(made, kind)["evidence"]
    evidence["point"] = [random.choice(["0", "0", "1"]) for _ in evidence["point"]]
    texts = made["invariants"] if kind == "independent" else made["generators"].values()
    return gradients_rank(made, texts, evidence["point"]) != evidence["rank"]


def completeness_changed(made, random):
    evidence = claim(made, "count")["evidence"]
    evidence["complete"] = not evidence["complete"]
    return True


def words_changed(made, random):
    said = claim(made, random.choice(["independent", "count", "generating"]))
    numbers = list(re.finditer(r"\d+", said["statement"]))
    place = random.choice(numbers)
    new = str(int(place[0]) + 1)
    text = said["statement"]
    said["statement"] = text[: place.start()] + new + text[place.end() :]
    return True


def words_of_the_unknown_changed(made, random):
    """What is not known is said to be something else."""
    unknown = [c for c in made["claims"] if c["standing"] == "not known"]
    if not unknown:
        return False
    said = random.choice(unknown)
    said["statement"] = random.choice(
        ["", said["statement"] + "!", said["statement"].replace("is ", "is always ", 1)]
    )
    return True


def cube_changed(made, random):
    pieces = [c for c in made["claims"] if c["kind"] == "linear flow"]
    if not pieces:
        return False
    evidence = random.choice(pieces)["evidence"]
    k = random.randrange(len(evidence["cubes"]))
    evidence["cubes"][k] = random.choice(["1", "-1", "0", "-4", "2", "sqrt(2)"])
    A, _ = field_matrix(made, evidence["functions"][k])
    return A**3 - space_of(made).read(evidence["cubes"][k]) * A != 0 * A


def coordinates_changed(made, random):
    pieces = [c for c in made["claims"] if c["kind"] == "shear"]
    if not pieces:
        return False
    evidence = random.choice(pieces)["evidence"]
    n = len(made["phase_space"]["q"])
    places = evidence["coordinates"]
    if random.random() < 0.5:
        places.remove(random.choice(places))
    else:
        places.append((random.choice(places) + n) % (2 * n))
    space = space_of(made)
    used = {x for f in evidence["functions"] for x in space.read(f).free_symbols}
    kept = {space.z[i] for i in places}
    return not used <= kept or any(
        {q, p} <= kept for q, p in zip(space.q, space.p, strict=True)
    )


def piece_function_changed(made, random):
    """The function and the words agree, so that only the mathematics can tell."""
    pieces = [c for c in made["claims"] if c["kind"] in ("shear", "linear flow")]
    if not pieces:
        return False
    said = random.choice(pieces)
    texts = said["evidence"]["functions"]
    k = random.randrange(len(texts))
    old = ", ".join(texts)
    texts[k] = tweaked(texts[k], random)
    said["statement"] = said["statement"].replace(f"f({old})", f"f({', '.join(texts)})")
    return not commute(made, texts)


def piece_renumbered(made, random):
    pieces = [c for c in made["claims"] if c["kind"] in ("shear", "linear flow")]
    if not pieces:
        return False
    said = random.choice(pieces)
    head, colon, words = said["statement"].partition(":")
    said["statement"] = (
        random.choice(["", f"{head}0{colon} ", f"{head[:-1]}0: "]) + words
    )
    return True


def base_changed(made, random):
    found = [c for c in made["claims"] if c["kind"] == "base"]
    if not found or not made["generators"]:
        return False
    evidence = found[0]["evidence"]
    part = random.choice(["metric", "commutant", "fixed_point", "fixed_vectors"])
    if not evidence[part]:
        return False
    target = evidence[part]
    if part in ("commutant", "fixed_vectors"):
        target = random.choice(target)
    if part in ("metric", "commutant"):
        target = random.choice(target)
    k = random.randrange(len(target))
    target[k] = random.choice(["2", "-1", "1/7"]) if target[k] != "2" else "3"
    return not base_holds(made, evidence)


def metric_not_positive(made, random):
    """Minus a metric is preserved as well, but it is none."""
    found = [c for c in made["claims"] if c["kind"] == "base"]
    if not found:
        return False
    evidence = found[0]["evidence"]
    evidence["metric"] = [[f"-({c})" for c in row] for row in evidence["metric"]]
    return True


def forms_of_another_kind(made, random):
    """z^T B z is preserved with S = 1 alone, and no metric is asked for there."""
    found = [c for c in made["claims"] if c["kind"] == "base"]
    if not found:
        return False
    before = found[0]["evidence"]["forms"]
    found[0]["evidence"]["forms"] = after = before.replace(" S", "")
    found[0]["statement"] = found[0]["statement"].replace(before, after)
    return True


def base_holds(made, evidence):
    S = sympy.Matrix(evidence["metric"]).applyfunc(sympy.Rational)
    point = sympy.Matrix(list(map(sympy.Rational, evidence["fixed_point"])))
    vectors = [
        sympy.Matrix(list(map(sympy.Rational, v))) for v in evidence["fixed_vectors"]
    ]
    commutant = [
        sympy.Matrix(B).applyfunc(sympy.Rational) for B in evidence["commutant"]
    ]
    laws = [S - S.T]
    for text in made["generators"].values():
        A, b = field_matrix(made, text)
        laws += [A.T * S + S * A, A * point + b]
        laws += [A * v for v in vectors] + [A * B - B * A for B in commutant]
    return not any(any(law) for law in laws) and S.is_positive_definite


def standing_raised(made, random):
    order = ["not known", "measured", "by construction", "proved"]
    k = random.randrange(len(made["claims"]))
    held = order.index(made["claims"][k]["standing"])
    if held == len(order) - 1:
        return False
    restate(made, k, random.choice(order[held + 1 :]))
    return True


def standing_of_another_kind(made, random):
    """A proved identity is no measurement: its words would promise less than is known."""
    proved = [k for k, c in enumerate(made["claims"]) if c["standing"] == "proved"]
    restate(made, random.choice(proved), random.choice(["measured", "by construction"]))
    return True


def support_removed(made, random):
    """What a claim by construction rests on is gone from the certificate."""
    rests = {kind for c in made["claims"] for kind in c["evidence"].get("rests on", ())}
    if not rests:
        return False
    gone = random.choice(sorted(rests))
    made["claims"] = [c for c in made["claims"] if c["kind"] != gone]
    made["summary"]["standings"] = dict(Counter(c["standing"] for c in made["claims"]))
    return True


def support_not_named(made, random):
    built = [c for c in made["claims"] if c["standing"] == "by construction"]
    if not built:
        return False
    pillars = random.choice(built)["evidence"]["rests on"]
    pieces = [kind for kind in pillars if kind != "invariant"]
    pillars.remove(random.choice(pieces))
    return True


def measurement_changed(made, random):
    evidence = claim(made, "measured")["evidence"]
    key = random.choice(sorted(evidence.keys() - {"name"}))
    wrong = {
        "value": [1.0, -2.0, 3e-7, float("nan"), float("inf"), "1e-7", None, 10**400],
        "tolerance": [1e-9, -1.0, 1e-4, float("nan"), "1", True, None],
        "points": [0, -8, 8.5, "8", None, True],
        "dtype": ["", "int32", 32, None, "float64"],
        "stages": [0, -8, 5, "8", None],
        "stretch": [0.5, 20.0, -2.0, float("nan"), "2", None],
    }
    evidence[key] = random.choice(wrong[key])
    return True


def added_changed(made, random):
    if not made["added"]:
        return False
    entry = random.choice(made["added"])
    key = random.choice(["name", "expression", "from"])
    names = [*made["generators"]]
    if key == "expression":
        entry[key] = tweaked(entry[key] + " + 0", random)
        read = space_of(made).read
        return (
            sympy.expand(read(entry[key]) - read(made["generators"][entry["name"]]))
            != 0
        )
    if key == "name":
        entry[key] = random.choice([n for n in names if n != entry["name"]])
        return True
    entry[key] = [entry["name"], random.choice(names)]
    return True


def frame_changed(made, random):
    change = random.choice(
        ["schema", "standing", "kind", "summary", "exact", "momenta", "extra", "less"]
    )
    if change == "schema":
        made["schema"] = random.choice(["symflow-certificate/2", "", None, 1])
    elif change == "standing":
        random.choice(made["claims"]).pop(
            random.choice(["standing", "kind", "evidence"])
        )
    elif change == "kind":
        random.choice(made["claims"])["kind"] = random.choice(
            ["conjecture", "closed", ""]
        )
    elif change == "summary":
        key = random.choice(["dimension", "invariants", "degrees of freedom"])
        made["summary"][key] += 1
    elif change == "exact":
        made["exact"] = random.choice([False, None, 1, "true"])
    elif change == "momenta":
        made["phase_space"]["p"].append("p_new")
    elif change == "extra":
        made["more"] = []
    else:
        del made[random.choice([*made])]
    return True


# Each kind of change, and how many lies it must make at the least.
MUTATIONS = {
    generator_changed: 12,
    invariant_changed: 12,
    invariant_and_its_claim_changed: 12,
    invariant_missing: 16,
    invariant_missing_everywhere: 16,
    constant_changed: 10,
    constant_missing: 10,
    rank_changed: 18,
    rank_and_words_changed: 18,
    point_changed: 6,
    completeness_changed: 18,
    words_changed: 18,
    words_of_the_unknown_changed: 10,
    cube_changed: 10,
    coordinates_changed: 12,
    piece_function_changed: 12,
    piece_renumbered: 12,
    base_changed: 8,
    metric_not_positive: 12,
    forms_of_another_kind: 12,
    standing_raised: 4,
    standing_of_another_kind: 18,
    support_removed: 16,
    support_not_named: 16,
    measurement_changed: 18,
    added_changed: 4,
    frame_changed: 18,
}
