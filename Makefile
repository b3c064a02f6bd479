# symflow: every command of the project. `make help` lists them.

PYTHON ?= python3
# The oldest that setup.cfg allows.
PYTHON_OLDEST ?= python3.10
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# One thread a worker: two workers of the test run share two cores.
export OMP_NUM_THREADS ?= 1
export MPLBACKEND ?= Agg

.DEFAULT_GOAL := help
.PHONY: help demo clusters lab lab-test docs experiments test beside lint types unit \
	bench reliability test-oldest clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt setuptools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt --no-build-isolation -e '.[test]'
	touch $(READY)

# An extra of setup.cfg, on top of what the tests need.
$(VENV)/.extra-%: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt --no-build-isolation -e '.[$*]'
	touch $@

demo: $(READY) ## two rings in the plane: train, certify, report (runs/demo)
	$(BIN)/symflow demo

clusters: $(READY) ## which symmetry do the Milky Way's globular clusters support?
	$(BIN)/python examples/globular_clusters.py

lab: $(VENV)/.extra-lab ## a page for a class: type a symmetry, and the board fills itself
	$(BIN)/symflow lab

lab-test: $(VENV)/.extra-lab ## drive that page in Chromium
	$(BIN)/python -m pytest -q -rs tests/test_lab.py tests/lab_in_a_browser.py

docs: $(VENV)/.extra-docs $(VENV)/.extra-lab ## the site, with the examples run (build/site/index.html)
	rm -rf build/site build/site-source
	mkdir -p build
	cp -R docs build/site-source
	rm build/site-source/conf.py
	cd build && ../$(BIN)/python -m sphinx -q -W --keep-going -c ../docs site-source site
	$(BIN)/python tests/built_site.py build/site

EXPERIMENTS := read_back disentanglement finite_data infinite_data clouds multimodal \
	multipliers dynamics dynamics_bodies dynamics_pendulum globular_clusters \
	particles_clusters

experiments: $(VENV)/.extra-experiments ## every experiment over its seeds, then docs/results.md
	for name in $(EXPERIMENTS); do \
		$(BIN)/python examples/experiments/$$name.py || exit 1; done
	$(BIN)/python examples/experiments/results.py

test: $(READY) lint types unit ## lint, types, doctests and tests

lint: $(READY) ## style and layout
	$(BIN)/ruff check symflow tests examples benchmarks reliability
	$(BIN)/ruff format --check symflow tests examples benchmarks reliability

types: $(READY) ## static types
	$(BIN)/mypy symflow

unit: $(READY) ## doctests and tests
	$(BIN)/python -m pytest -n 2 -q

beside: $(VENV)/.extra-beside ## heyoka, which tests and `make reliability` compare with

bench: $(VENV)/.extra-bench ## speed and memory beside other ways, and docs/performance.md
	OMP_WAIT_POLICY=passive $(BIN)/python -m benchmarks.performance
	$(BIN)/python benchmarks/closure.py
	$(BIN)/python -m benchmarks.identification
	$(BIN)/python benchmarks/integrals.py
	$(BIN)/python -m benchmarks.invariants docs/images/cost_of_invariants.png

reliability: $(READY) ## try to break it, and write docs/reliability.md
	$(BIN)/python -W ignore -m reliability

test-oldest: ## doctests and tests on the lower bounds of setup.cfg
	@$(PYTHON_OLDEST) --version > /dev/null 2>&1 || { \
		echo "There is no $(PYTHON_OLDEST) here. Install Python 3.10, or say where it" \
			"is: make test-oldest PYTHON_OLDEST=..." >&2; exit 1; }
	$(PYTHON_OLDEST) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check \
		'setuptools>=77'
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints-oldest.txt --no-build-isolation -e . \
		pytest pytest-xdist hypothesis pyparsing
	.venv-oldest/bin/python -m pytest -n 2 -q

clean: ## remove what the other commands made
	rm -rf $(VENV) .venv-oldest build *.egg-info .mypy_cache .ruff_cache .hypothesis
