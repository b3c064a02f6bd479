"""What is taken home from the lab: it runs, it is set, it loads nothing."""

import ast
import json
from xml.etree import ElementTree

import pytest

from symflow.figures import panels
from symflow.lab_examples import LAB_EXAMPLES
from symflow.lab_exports import image, latex_document, notebook, svg
from symflow.lab_problems import read_problem, read_start


def exported(name):
    example = LAB_EXAMPLES[name]
    problem = read_problem(example.coordinates, example.generators, example.parameters)
    start = read_start(problem.space, example.start)
    text = notebook(problem, example.hamiltonian, {"b": 0.25}, start)
    cells = json.loads(text)["cells"]
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def run(cells):
    """What a reader of the notebook sees below each cell, in one process."""
    names, shown = {}, []
    for source in cells:
        *body, last = ast.parse(source).body
        exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102
        if isinstance(last, ast.Expr):
            value = compile(ast.Expression(last.value), "cell", "eval")
            shown.append(eval(value, names))  # noqa: S307
        else:
            exec(compile(ast.Module([last], []), "cell", "exec"), names)  # noqa: S102
    return names, shown


def test_a_notebook_works_it_out_anew(capsys):
    names, shown = run(exported("so(3): two rotations make three"))
    assert str(shown[1]) == "so(3), compact simple, A1"
    assert len(shown[3].generators) == 3
    laws = shown[-1]
    assert not laws["Lx"].holds
    assert laws["{Lx,Ly}"].holds
    assert names["values"] == {"k": "1", "b": "0.25"}
    lines = capsys.readouterr().out.splitlines()
    drifts = dict(line.split(" moved by at most ") for line in lines)
    assert float(drifts["{Lx,Ly}"]) < 1e-13 < float(drifts["Lx"])


@pytest.mark.parametrize("name", LAB_EXAMPLES)
def test_every_cell_is_python_in_which_what_was_typed_is_quoted(name):
    typed = {
        line.partition("=")[2].strip()
        for line in LAB_EXAMPLES[name].generators.splitlines()
    }
    for source in exported(name):
        tree = ast.parse(source)
        texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        for text in typed & {part.strip() for part in source.split("'")}:
            assert text in texts


@pytest.mark.parametrize("name", LAB_EXAMPLES)
def test_the_latex_is_one_document(name):
    example = LAB_EXAMPLES[name]
    problem = read_problem(example.coordinates, example.generators, example.parameters)
    text = latex_document(problem, problem.space.read(example.hamiltonian), {})
    assert text.startswith("\\documentclass{article}")
    assert text.endswith("\\end{document}\n")
    assert text.count("{") == text.count("}")
    assert text.count("\\begin{") == text.count("\\end{")
    # pdflatex reads no other characters without more packages.
    assert text.isascii()


def test_a_picture_is_svg_that_loads_and_runs_nothing():
    figure, (ax,) = panels(1)
    ax.set_title("<script>$x$")
    root = ElementTree.fromstring(svg(figure))  # noqa: S314
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert '"' not in image(figure, '"><b>').split('alt="')[1].split('" src')[0]
