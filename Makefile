# The tasks of this project. They need only Python 3.11 or newer.

ENDPOINT ?= tcp://127.0.0.1:9009
WEB ?= 127.0.0.1:8080
PYTHON ?= python3
PROMTOOL ?= promtool
VENV ?= .venv
TEST_PROCESSES ?= 4
PYTEST_ARGS ?=
BENCH_ARGS ?=
LOCK_ARGS ?=

bin := $(VENV)/bin
ready := $(VENV)/.ready
bench_ready := $(VENV)/.bench-ready
lock_ready := $(VENV)/.lock-ready
docs_ready := $(VENV)/.docs-ready
asyncapi_ready := $(VENV)/asyncapi/.ready
asyncapi_packages := @asyncapi/parser@3.6.6 ajv@8.20.0
requirements := $(VENV)/requirements.txt
# The pages of the site, laid out as in the repository, so that links between documents and to files work in both.
pages := README.md CONTRIBUTING.md CHANGELOG.md LICENSE docs examples benchmarks packaging tests
pip := $(bin)/python -m pip -qq --disable-pip-version-check

# pip has dependency groups since 25.1, and Debian 12 has an older pip.
read_group := import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["GROUP"], sep="\n")

# For each Python from 3.11 and each machine. No index is named, so a mirror can be used.
compile := $(bin)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: help run test cover check alerts asyncapi torture bench picture screens docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile
	@echo "Variables: ENDPOINT=$(ENDPOINT) WEB=$(WEB) PYTHON=$(PYTHON) VENV=$(VENV) PYTEST_ARGS=$(PYTEST_ARGS) BENCH_ARGS=$(BENCH_ARGS)"

run: $(ready) ## chat in this terminal and in browsers, with a broker in the background; without a terminal, run the broker
	@if [ -t 0 ]; then \
		exec $(bin)/chat-launcher --here --web --bind "$(ENDPOINT)"; \
	else \
		exec $(bin)/chat-broker --web "$(WEB)" --bind "$(ENDPOINT)"; \
	fi

test: $(ready) ## run all tests but the long ones, within four minutes on two processors
	@PYTHONDONTWRITEBYTECODE= $(bin)/$(if $(COVER),coverage run,python) -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal $(PYTEST_ARGS)

cover: $(ready) ## run the same tests and report their coverage; this takes twice the time
	@$(bin)/coverage erase
	@status=0; \
	$(MAKE) --no-print-directory test COVER=1 || status=$$?; \
	$(bin)/coverage combine --quiet || status=$$?; \
	$(bin)/coverage report || status=$$?; \
	exit $$status

check: $(ready) ## check style, types, imports between packages, and that the tree is consistent
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy
	@$(bin)/lint-imports
	@$(pip) check
	@bash -n .ci/run && test -x .ci/run
	@! grep -rnE '^(<<<<<<<|>>>>>>>) ' --exclude-dir='.?*' .

asyncapi: $(asyncapi_ready) ## check docs/asyncapi.json with AsyncAPI's own parser; needs Node.js and npm
	@NODE_PATH=$(VENV)/asyncapi/node_modules node tools/check_asyncapi.cjs docs/asyncapi.json

alerts: ## check and test the alert rules with Prometheus' promtool, which Debian has in its package prometheus
	@$(PROMTOOL) check rules packaging/prometheus/alerts.yml packaging/prometheus/web-alerts.yml
	@$(PROMTOOL) test rules tests/docs/alerts_test.yml tests/docs/web_alerts_test.yml

torture: $(ready) ## try for hours to lose, double or falsely acknowledge a message
	@CHAT_TORTURE=$${CHAT_TORTURE:-5} $(bin)/python -m pytest tests/torture tests/security \
		$$(grep -rlE '^from torture.figures import|^@pytest.mark.long' --include='test_*.py' --exclude-dir=torture --exclude-dir=security tests) \
		--capture=no -o faulthandler_timeout=0 $(PYTEST_ARGS)

bench: $(bench_ready) ## measure the broker beside every other installed server
	@$(bin)/python -m benchmarks $(BENCH_ARGS)

picture: $(ready) ## make docs/picture.svg from a session of the programs
	@PYTHONPATH=tests $(bin)/python -m tools.make_picture

screens: $(ready) ## make docs/screen*.svg, docs/top.svg and docs/web*.png from the full screens and the page
	@PYTHONPATH=tests $(bin)/python -m tools.make_screens
	@PYTHONPATH=tests $(bin)/python -m tools.make_page_pictures

docs: $(docs_ready) ## build the documents as a site for offline use, and check its links
	@rm -rf build/pages && mkdir -p build/pages
	@ln -s $(addprefix ../../,$(pages)) build/pages
	@NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --strict
	@! grep -rnE '<(script|link|img|iframe)[^>]*[" =](https?:)?//' --include='*.html' build/site
	@echo "built; python3 -m http.server --bind 127.0.0.1 --directory build/site shows it"

lock: $(lock_ready) ## write the versions and hashes of all dependencies; LOCK_ARGS=--upgrade takes newer ones
	@$(compile) --extra metrics --extra tui --extra web --output-file requirements/run.lock pyproject.toml
	@$(compile) --group build --output-file requirements/build.lock
	@$(compile) --constraint requirements/run.lock --constraint requirements/build.lock \
		--extra metrics --extra tui --extra web --group dev --output-file requirements/dev.lock pyproject.toml
	@$(compile) --constraint requirements/dev.lock --group docs --output-file requirements/docs.lock

clean: ## remove build results, measurements and caches; the environment stays
	@rm -rf build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(ready): pyproject.toml requirements/dev.lock | $(bin)/pip
	@echo "installing the project into $(VENV)"
	@$(pip) install --require-hashes --requirement requirements/dev.lock
	@$(pip) install --no-deps --no-build-isolation --editable .
	@touch $@

$(bench_ready): $(ready)
	@echo "installing the benchmark's dependencies into $(VENV)"
	@$(bin)/python -c '$(subst GROUP,bench,$(read_group))' >$(requirements)
	@$(pip) install --requirement $(requirements)
	@touch $@

$(docs_ready): requirements/docs.lock | $(ready)
	@echo "installing the documents' build tools into $(VENV)"
	@$(pip) install --require-hashes --requirement $<
	@touch $@

$(asyncapi_ready): Makefile
	@echo "installing the AsyncAPI tools into $(VENV)/asyncapi"
	@npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix $(VENV)/asyncapi $(asyncapi_packages)
	@touch $@

$(lock_ready): pyproject.toml | $(bin)/pip
	@echo "installing the lock tools into $(VENV)"
	@$(bin)/python -c '$(subst GROUP,lock,$(read_group))' >$(requirements)
	@$(pip) install --requirement $(requirements)
	@touch $@

$(bin)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ echo "$(PYTHON) cannot make $(VENV); apt-get install python3-venv, then try again" >&2; exit 1; }
