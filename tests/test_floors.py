"""The architecture: imports go down the floors of docs/architecture.md, and only down."""

import ast
import re
import sys
from pathlib import Path

import networkx as nx
import pytest

PACKAGE = Path(__file__).parent.parent / "symflow"
ARCHITECTURE = PACKAGE.parent / "docs" / "architecture.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


CHECKER = PACKAGE / "verify"
ORDER = re.compile(r"^In `verify`, from the first: (.+?)\.$", re.MULTILINE | re.DOTALL)


def modules(folder=PACKAGE):
    return sorted(path for path in folder.glob("*.py") if path.stem[0] != "_")


def parts():
    """The files of the checker, each after those that it imports."""
    return re.findall(r"`(\w+)`", ORDER.search(ARCHITECTURE.read_text()).group(1))


def floors():
    """The floor of every module, and the languages that it may speak."""
    found = {}
    for number, names, speaks in ROW.findall(ARCHITECTURE.read_text()):
        for name in re.findall(r"`(\w+)`", names):
            found[name] = int(number), speaks
    return found


def imports(path):
    """Every imported module with whether the import hides in a function."""
    tree = ast.parse(path.read_text())
    hidden = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in hidden
        elif isinstance(node, ast.ImportFrom):
            yield node.module, id(node) in hidden


def test_every_module_has_a_floor():
    assert {*(path.stem for path in modules()), CHECKER.name} == set(floors())
    assert {path.stem for path in modules(CHECKER)} == set(parts())


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_imports_go_down_only(path):
    floor = floors()
    for name, hidden in imports(path):
        assert not hidden, f"{path.stem} hides the import of {name} in a function"
        if name.startswith("symflow."):
            other = name.removeprefix("symflow.")
            assert floor[other][0] < floor[path.stem][0], f"{path.stem} -> {other}"


def test_there_is_no_cycle():
    graph = nx.DiGraph()
    for path in modules():
        graph.add_node(path.stem)
        for name, _ in imports(path):
            if name.startswith("symflow."):
                graph.add_edge(path.stem, name.removeprefix("symflow."))
    assert nx.is_directed_acyclic_graph(graph)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_one_file_speaks_both_sympy_and_torch(path):
    roots = {name.split(".")[0] for name, _ in imports(path)}
    spoken = {"sympy", "torch"} & roots
    if path.stem == "compilation":
        assert spoken == {"sympy", "torch"}
    else:
        assert len(spoken) < 2, f"{path.stem} speaks both"
        allowed = floors()[path.stem][1]
        for language, word in (("sympy", "SymPy"), ("torch", "torch")):
            assert language not in spoken or word in allowed


def test_the_checker_shares_no_code_with_the_package():
    allowed = {"sympy", *sys.stdlib_module_names}
    for path in CHECKER.glob("*.py"):
        for name, hidden in imports(path):
            assert not hidden
            assert not name or name.split(".")[0] in allowed | set(parts()), (
                f"{path.stem}: {name}"
            )


@pytest.mark.parametrize("path", modules(CHECKER), ids=lambda path: path.stem)
def test_the_checker_is_read_from_top_to_bottom(path):
    before = parts()[: parts().index(path.stem)]
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [a.name for a in node.names]
            assert node.level == 1
            assert set(names) <= set(before)
    assert len(path.read_text().splitlines()) <= 400, "not read in ten minutes"


@pytest.mark.parametrize(
    "path", [*modules(), *modules(CHECKER)], ids=lambda path: path.stem
)
def test_all_is_complete(path):
    tree = ast.parse(path.read_text())
    public = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    }
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and (node.targets[0] if isinstance(node, ast.Assign) else node.target).id
        == "__all__"
    )
    assert len(set(listed)) == len(listed)
    assert public <= set(listed), f"not in __all__: {public - set(listed)}"
