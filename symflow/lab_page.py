r"""Lab page: what the class sees, as cells that run anew when something is typed.

Takes what is typed and moved in the browser, gives the board of `lab_board`, the pictures of
`lab_motions` and `lab_training`, and the files of `lab_exports`.

.. math:: \text{fields, sliders} \to \text{board, motion, density}
"""
# A cell takes what other cells define and runs anew with it: its arguments have no types, and
# a name that stands alone in it is read for that.
# ruff: noqa: ANN001, ANN202, B018
# mypy: disable-error-code="no-untyped-def"

import marimo

__all__ = ["app"]

app = marimo.App(width="full", app_title="symflow lab", css_file="lab.css")

with app.setup:
    from collections.abc import Callable
    from html import escape
    from typing import Any

    import marimo as mo

    from symflow.explanations import explain
    from symflow.lab_board import (
        brackets_text,
        diagrams,
        generators_text,
        identity_text,
        invariants_text,
        laws_text,
        properties_text,
    )
    from symflow.lab_examples import LAB_EXAMPLES
    from symflow.lab_exports import image, latex_document, notebook, svg
    from symflow.lab_problems import attempt, read_problem, read_start, read_values

    try:
        from symflow.lab_motions import METHODS, motion_figure
        from symflow.lab_training import TARGETS, RingTraining

        NUMBERS = True
    except ImportError:
        NUMBERS = False

    NO_TORCH = (
        "This needs torch, which cannot be imported here. Everything about the symmetry "
        "is exact and needs none."
    )
    # Steps of training between two pictures.
    STEPS = 25

    def card(title: str, body: str, kind: str = "") -> str:
        """A part of the board with its title."""
        return f'<section class="card {kind}"><h3>{title}</h3>{body}</section>'

    def fault(message: str) -> str:
        """The sentence of an error, as text."""
        return f'<div class="fault" role="alert">{escape(message)}</div>'

    def shown(work: Callable[[], Any]) -> str:
        """What a piece of work gives, in HTML, or its error in words."""
        result, message = attempt(work)
        return fault(message) if message else mo.as_html(result).text


@app.cell
def _():
    named = mo.ui.dropdown(
        list(LAB_EXAMPLES),
        next(iter(LAB_EXAMPLES)),
        label="Begin with",
        full_width=True,
    )
    return (named,)


@app.cell
def _(named):
    example = LAB_EXAMPLES[named.value]
    coordinates = mo.ui.text(
        example.coordinates, label="Coordinates $q$", full_width=True
    )
    generators = mo.ui.text_area(
        example.generators,
        rows=max(3, min(9, example.generators.count("\n") + 2)),
        label="Generators, one a line",
        full_width=True,
        debounce=400,
    )
    parameters = mo.ui.text(
        example.parameters, label="Parameters with their values", full_width=True
    )
    hamiltonian = mo.ui.text_area(
        example.hamiltonian,
        rows=3,
        label="Hamiltonian $H$, or any function $f$",
        full_width=True,
        debounce=400,
    )
    start = mo.ui.text(example.start, label="Start $(q, p)$", full_width=True)
    return coordinates, example, generators, hamiltonian, parameters, start


@app.cell
def _(coordinates, generators, parameters):
    problem, problem_fault = attempt(
        lambda: read_problem(coordinates.value, generators.value, parameters.value)
    )
    return problem, problem_fault


@app.cell
def _(coordinates, example):
    # Of these fields alone, so that a change of generators leaves what was chosen.
    space, _ = attempt(lambda: read_problem(coordinates.value, "").space)
    names = [symbol.name for symbol in space.z] if space else list(example.plane)
    first, second = (
        chosen if chosen in names else names[k]
        for k, chosen in enumerate(example.plane)
    )
    across = mo.ui.dropdown(names, first, label="portrait, across", full_width=True)
    upwards = mo.ui.dropdown(names, second, label="portrait, upwards", full_width=True)
    return across, upwards


@app.cell
def _(parameters):
    given, _ = attempt(lambda: read_values(parameters.value))
    sliders = mo.ui.dictionary(
        {
            name: mo.ui.slider(
                -2,
                2,
                0.05,
                value=min(2.0, max(-2.0, float(value))),
                show_value=True,
                full_width=True,
                label=name,
            )
            for name, value in (given or {}).items()
        }
    )
    return (sliders,)


@app.cell
def _():
    method = mo.ui.dropdown(
        METHODS if NUMBERS else [""],
        METHODS[0] if NUMBERS else "",
        label="method",
        full_width=True,
    )
    step_size = mo.ui.slider(
        0.05, 0.5, 0.05, value=0.2, show_value=True, full_width=True, label="step h"
    )
    return method, step_size


@app.cell
def _(
    across,
    coordinates,
    generators,
    hamiltonian,
    method,
    named,
    parameters,
    sliders,
    start,
    step_size,
    upwards,
):
    numbers = [start, across, upwards, method, step_size]
    mo.sidebar(
        [
            mo.Html('<div class="brand">symflow <span>lab</span></div>'),
            named,
            mo.Html('<h4 class="group">Symmetry</h4>'),
            coordinates,
            generators,
            mo.Html('<h4 class="group">Motion</h4>'),
            hamiltonian,
            parameters,
            *sliders.elements.values(),
            *(numbers if NUMBERS else []),
        ],
        width="25rem",
    )
    return


@app.cell
def _(problem, problem_fault):
    if problem is None:
        board = fault(problem_fault)
    else:
        algebra = problem.algebra
        pictures, picture_fault = attempt(
            lambda: {
                name: mo.Html(image(figure, f"{name} of the algebra"))
                for name, figure in diagrams(algebra).items()
            }
        )
        tabs = mo.ui.tabs(pictures).text if pictures else fault(picture_fault)
        tabs = tabs if pictures or picture_fault else "Too many, or none, to be drawn."
        wide = "wide" if algebra.dimension > 4 else ""
        # Without the title, which is the headline of the board.
        why = shown(lambda: mo.md(explain(algebra).markdown().partition("\n")[2]))
        board = (
            f'<div class="headline">{shown(lambda: mo.md(identity_text(algebra)))}</div>'
            '<div class="board">'
            + card("Generators", shown(lambda: mo.md(generators_text(problem))))
            + card("Pictures", tabs, "tall")
            + card("Properties", shown(lambda: mo.md(properties_text(algebra))), "tall")
            + card("Brackets", shown(lambda: mo.md(brackets_text(algebra))), wide)
            + card("Invariants", shown(lambda: mo.md(invariants_text(algebra))))
            + "</div>"
            + mo.accordion({"Why: every line with its rule": mo.Html(why)}).text
        )
    mo.Html(f'<div class="lab" id="symmetry">{board}</div>')
    return


@app.cell
def _(hamiltonian, problem, sliders):
    mo.stop(problem is None)
    values = dict(sliders.value)
    H, H_fault = attempt(lambda: problem.space.read(hamiltonian.value, "H"))
    laws = (
        fault(H_fault)
        if H is None
        else card("What is kept", shown(lambda: mo.md(laws_text(problem, H, values))))
    )
    return H, laws, values


@app.cell
def _(H, across, laws, method, problem, start, step_size, upwards, values):
    figure, motion_fault = attempt(
        lambda: (
            motion_figure(
                problem,
                H,
                values,
                read_start(problem.space, start.value),
                (across.value, upwards.value),
                method.value,
                step_size.value,
            )
            if H is not None and NUMBERS
            else None
        )
    )
    if figure is not None:
        words = "phase portrait, drift of charges, equivariance errors"
        moved = f'<div class="picture">{image(figure, words)}</div>'
    else:
        moved = fault(motion_fault) if NUMBERS and H is not None else ""
    note = "" if NUMBERS else f"<p>{NO_TORCH}</p>"
    mo.Html(
        f'<div class="lab" id="motion"><h2>What moves, and what does not</h2>'
        f"{laws}{moved}{note}</div>"
    )
    return (figure,)


@app.cell
def _():
    target = mo.ui.dropdown(
        TARGETS if NUMBERS else [""], TARGETS[0] if NUMBERS else "", label="Target"
    )
    built_in = mo.ui.switch(True, label="so(2) built in")
    train = mo.ui.switch(False, label="train")
    again = mo.ui.button(label="start again")
    bar = mo.hstack([target, built_in, train, again], justify="start", gap=2)
    mo.Html(
        '<div class="lab" id="density"><h2>A density that cannot break it</h2>'
        f"{bar.text if NUMBERS else f'<p>{NO_TORCH}</p>'}</div>"
    )
    return again, built_in, target, train


@app.cell
def _(again, built_in, target):
    again.value
    course = {"target": target.value, "symmetric": built_in.value}
    running, set_running = mo.state(True)
    return course, running, set_running


@app.cell
def _(running, train):
    tick = mo.ui.refresh(default_interval="1s") if train.value and running() else None
    mo.Html(f'<div class="tick">{"" if tick is None else tick.text}</div>')
    return (tick,)


@app.cell
def _(course, set_running, tick, train):
    mo.stop(not NUMBERS)
    tick
    if train.value and "training" not in course:
        course["training"] = RingTraining(course["target"], course["symmetric"])
    training = course.get("training")
    if training is None:
        learned = "<p>Switch <b>train</b> on, and look at the density for a minute.</p>"
    else:
        _, training_fault = attempt(lambda: training.advance(STEPS * train.value))
        learned = (
            fault(training_fault)
            if training_fault
            else image(training.picture(), "target, density so far, and bound")
        )
        if training.done or training_fault:
            set_running(False)
    mo.Html(f'<div class="lab picture" id="learned">{learned}</div>')
    return


@app.cell
def _(H, figure, hamiltonian, problem, start, values):
    mo.stop(problem is None or H is None)

    written, notebook_fault = attempt(
        lambda: notebook(
            problem, hamiltonian.value, values, read_start(problem.space, start.value)
        )
    )
    typeset, latex_fault = attempt(lambda: latex_document(problem, H, values))
    kinds = {
        "notebook": (written, "lab.ipynb", "application/x-ipynb+json"),
        "LaTeX": (typeset, "lab.tex", "application/x-tex"),
    }
    files = [
        mo.download(text.encode(), filename=name, mimetype=mimetype, label=kind)
        for kind, (text, name, mimetype) in kinds.items()
        if text is not None
    ]
    if figure is not None:
        files.append(
            mo.download(
                lambda: svg(figure),
                filename="lab.svg",
                mimetype="image/svg+xml",
                label="picture",
            )
        )
    faults = "".join(fault(words) for words in {notebook_fault, latex_fault} if words)
    mo.Html(
        '<div class="lab" id="home"><h2>Take it home</h2>'
        f"{mo.hstack(files, justify='start').text}{faults}"
        "<p>This page comes from the machine that started it. Its documentation says "
        "how to share it safely.</p></div>"
    )
    return


if __name__ == "__main__":
    app.run()
