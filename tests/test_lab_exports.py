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


def test_what_was_typed_stands_in_a_notebook_as_quoted_text():
    typed = "x\"); __import__('os').system('true') #\n'\\"
    problem = read_problem("x", "D = x*p_x")
    cells = json.loads(notebook(problem, typed, {}, [1, 1]))["cells"]
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    nodes = list(ast.walk(ast.parse("\n".join(code))))
    assert typed in {node.value for node in nodes if isinstance(node, ast.Constant)}
    assert "__import__" not in {node.id for node in nodes if isinstance(node, ast.Name)}


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
