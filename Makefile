# The same commands for a person and for CI. The first one run makes the virtual environment.
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready

.PHONY: bench book execute demos drawings test mutants regressions pdf serve lint vulnerabilities address clean help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

$(READY): requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

book: $(READY)  ## build the site from the stored outputs into _build/html
	$(VENV)/bin/jupyter-book build . --all -W --keep-going

execute: $(READY)  ## run the notebooks, store their outputs, renew what is made of them; NOTEBOOKS=… picks some
	$(RUN) tools.execute $(NOTEBOOKS)
	$(RUN) tools.preface
	$(RUN) tools.demos

demos: $(READY)  ## write the data of the live demos; TRAIN=--train trains their network anew
	$(RUN) tools.demos $(TRAIN)

drawings: $(READY)  ## make the drawings' files, and renew those that notebooks show
	$(RUN) drawings --place

grids: $(READY)  ## make what is missing of the sweeps in grids/ (minutes to hours); WHICH=… picks some
	$(RUN) tools.grids $(WHICH)

lint: $(READY)  ## check and format-check all Python, notebooks too
	$(RUN) ruff check .
	$(RUN) ruff format --check .

test: lint  ## lint, unit tests, nbval on every chapter, site and browser
	$(RUN) pytest --nbval -n 2 --dist loadscope --junit-xml=_build/tests.xml book tests

mutants: $(READY)  ## make mistakes on purpose, which the tests must notice (hours); WHICH=… picks some
	$(RUN) tools.mutants $(WHICH)

regressions: $(READY)  ## other CPUs, folders and circumstances, in which nbval must pass (hours)
	$(RUN) tools.regressions

$(VENV)-bench/.ready: bench/requirements.txt requirements.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	touch $@

bench: $(READY) $(VENV)-bench/.ready  ## race the book against its peers (an hour on an idle machine); PARTS=… picks some
	$(VENV)-bench/bin/python -m bench $(PARTS)
	$(RUN) tools.execute book/speed.ipynb

vulnerabilities: $(READY)  ## ask PyPI's advisories about all that is installed
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(VENV)-audit/bin/pip-audit --strict --path $$(echo $(VENV)/lib/python3*/site-packages)

pdf: book  ## the whole book as one PDF into _build/pdf (needs chromium)
	$(RUN) tools.pdf

serve: book  ## look at the site on http://localhost:8000
	$(RUN) http.server --bind 127.0.0.1 --directory _build/html 8000

address: $(READY)  ## set the repository's address everywhere: make address URL=https://github.com/you/book
	$(RUN) tools.address $(URL)

clean:  ## remove what was built; the virtual environment stays
	rm -rf _build .pytest_cache .ruff_cache
