# `make run` on a bare machine is all that a newcomer needs; `make help` lists the rest.
ifneq ($(firstword $(sort 4.0 $(MAKE_VERSION))),4.0)
$(error shelfwise: GNU make 4 or newer is needed, this is $(MAKE_VERSION): run 'apt-get install make')
endif

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

, := ,
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
UV := $(BIN)/uv
IMAGE := shelfwise

# make run SAMPLE=1: a seeded tenth of the households, in a lake of its own
# make run SOURCE=online_retail DATA=folder: another shop; ARGS adds any option of `shelfwise run`
SAMPLE_SETS := lake.root=build/sample/lake/{source} \
    lake.personal_root=build/sample/personal/{source} report=build/sample/report/{source}.html \
    mlflow.tracking_uri=sqlite:///build/sample/mlflow/mlflow.db mlflow.artifacts=build/sample/mlflow/artifacts
SETS := $(if $(SAMPLE),$(SAMPLE_SETS)) $(if $(DATA),sources.$(or $(SOURCE),completejourney).path=$(DATA))
RUN_OPTIONS = $(if $(SAMPLE),--env local$(,)sample )$(if $(SOURCE),--source $(SOURCE)) $(foreach set,$(SETS),--set '$(set)') $(ARGS)

# benchmarks one by one, all of them; fails where a goal was missed
each = missed=0; for name in $(1); do echo "$$name"; $(2) $(BIN)/python "benchmarks/$$name.py" || missed=1; done; exit $$missed

.PHONY: help run test check cluster cluster-down bench bench-demand bench-recommend bench-fulfil bench-cold bench-topk bench-scale bench-inventory bench-introductions bench-risk bench-cluster bench-simulate rivals mutate dist docs airflow docker clean setup lock tools

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

run: setup ## every job, from raw files to orders and the page (SAMPLE=1: a tenth; SOURCE=, DATA=: another shop)
	@$(BIN)/shelfwise run $(RUN_OPTIONS)

# a worker has a Spark session of its own, which keeps little more than one core busy; files stay whole, the long ones come early
test: setup ## all tests, WORKERS (2) files at a time
	@$(BIN)/python -m pytest -n $(or $(WORKERS),2) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## ruff, ruff format, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: rivals ## every benchmark, one by one
	@$(call each,accuracy demand launches growth recommend fulfil fulfil_shop cold_start topk recommend_scale policies stock_policies introductions introductions_shop risk credit forced kills latent_demand planted_truths simulate likeness,PYTHONPATH=.rivals)

bench-demand: setup ## forecasts of the last run against the classical family (ARGS="SOURCE AS_OF"), launches, growth; latent demand of planted shops
	@missed=0; echo demand; $(BIN)/python benchmarks/demand.py $(ARGS) || missed=1; ($(call each,launches growth latent_demand)) || missed=1; exit $$missed

bench-fulfil: setup ## lists that are varied and within stock, on drawn candidates and on the last run of a planted shop
	@$(call each,fulfil fulfil_shop)

bench-recommend: rivals ## the ranker against each model alone, on the last run of completejourney
	@PYTHONPATH=.rivals $(BIN)/python benchmarks/recommend.py $(ARGS)

bench-cold: setup ## new items by their words, new people by their segment, on the last run of completejourney
	@$(BIN)/python benchmarks/cold_start.py $(ARGS)

bench-inventory: rivals ## exact policies against stockpyl and brute force
	@PYTHONPATH=.rivals $(BIN)/python benchmarks/policies.py

bench-topk: setup ## lists out of factors against MLlib's own, on drawn factors
	@$(BIN)/python benchmarks/topk.py

bench-scale: setup ## factors and lists of 200,000 customers: growth, memory, seconds beside MLlib's (ARGS="--customers ...")
	@$(BIN)/python benchmarks/recommend_scale.py $(ARGS)

bench-introductions: setup ## candidates chosen on planted shops, launches ranked, greedy beside exact, 100,000 candidates
	@$(call each,introductions introductions_shop)

bench-risk: setup ## foretold losses held against what they promise, parts added up, 100,000 items x 10,000 scenarios; scorecards
	@$(call each,risk credit)

bench-cluster: dist ## every job on a master and two workers beside one process, and parts of the cluster killed
	@$(BIN)/python benchmarks/cluster.py $(ARGS)

bench-simulate: setup ## the planted shop: speed, growth, sameness on any cluster, truths recovered, likeness
	@$(call each,planted_truths simulate likeness)

mutate: setup ## mutation tests of the formula modules; fails under 85 % killed
	@$(BIN)/python setup/mutate.py

dist: setup ## the wheel; for spark-submit dist/shelfwise.zip (--py-files) and dist/submit.py; for Databricks a wheel that asks for no Spark
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@$(BIN)/python setup/zip.py dist/*.whl dist/shelfwise.zip
	@$(BIN)/python setup/guest.py dist/*.whl dist/databricks
	@cp setup/submit.py dist
	@ls dist/*

docs: setup ## what is written from the declarations: docs/tables.md, docs/lineage.md, the Databricks bundle, the Airflow DAG
	@$(BIN)/shelfwise docs
	@$(BIN)/shelfwise bundle
	@$(BIN)/shelfwise airflow

airflow: setup .airflow/.ready ## Airflow in an environment of its own; its parser reads the DAG (once made, make test asks it too)
	@$(BIN)/python -m pytest tests/core/test_airflow.py $(ARGS)

docker: ## the image, and the sample run in it (tables and page stay in the volume shelfwise-data)
	docker build --file docker/Dockerfile --tag $(IMAGE) .
	docker run --rm --volume shelfwise-data:/data $(IMAGE)

cluster: setup ## a Spark master and two workers on this machine (WORKERS=2 CORES=1); prints the master's address
	@setup/cluster up $(or $(WORKERS),2) $(or $(CORES),1)

cluster-down: ## stops them
	@setup/cluster down

clean: ## what was made, except the virtual environment and the jars
	rm -rf build dist mutants spark-warehouse metastore_db derby.log .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find lib jobs tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

setup: .venv/.ready .jars/.ready ## the virtual environment and the Delta jars only

rivals: setup .rivals/.ready ## other makers' libraries that benchmarks compare with

lock: setup ## renew the lock files
	@$(UV) lock --system-certs --upgrade
	@for file in "requirements.lock --all-groups" "setup/build.lock --only-group build" "docker/run.lock --no-default-groups"; do \
	  $(UV) export --system-certs --quiet --frozen --no-emit-project --no-header --no-annotate -o $$file >/dev/null; done
	@$(PIP) install --quiet --dry-run --ignore-installed --only-binary :all: --report - apache-airflow | $(BIN)/python setup/locked.py >setup/airflow.lock

tools:
	@setup/tools

# A stamp is written last: a set-up that was cut short has none and starts anew.
.venv/.installed: requirements.lock setup/build.lock | tools
	@echo "setting up .venv (once, a minute or so) ..."
	@"$$(setup/tools python)" -m venv --clear .venv
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r setup/build.lock
	@# uv in a fifth of pip's time; pip knows its own settings (a company's mirror), which uv does not read
	@$(UV) pip install --quiet --system-certs --python $(BIN)/python --require-hashes --no-build-isolation -r requirements.lock || \
	  { echo "shelfwise: uv could not install the packages; pip tries." >&2; $(PIP) install --quiet --require-hashes --no-build-isolation -r requirements.lock; }
	@touch $@

.venv/.ready: .venv/.installed pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.rivals/.ready: benchmarks/rivals.lock .venv/.ready
	@rm -rf .rivals
	@$(PIP) install --quiet --require-hashes --no-deps --only-binary :all: --target .rivals -r benchmarks/rivals.lock
	@touch $@

# its packages clash with ours
.airflow/.ready: setup/airflow.lock | tools
	@echo "setting up .airflow (once, a minute or so) ..."
	@"$$(setup/tools python)" -m venv --clear .airflow
	@.airflow/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all: -r setup/airflow.lock
	@touch $@

.jars/.ready: setup/jars setup/jars.sha256 .venv/.installed | tools
	@setup/jars $(BIN)/python .jars
	@touch $@
