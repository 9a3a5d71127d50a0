# What is done with this project, on a machine with Python 3.11 or newer and nothing else prepared.

ENDPOINT ?= tcp://127.0.0.1:9009
PYTHON ?= python3
VENV ?= .venv
TEST_PROCESSES ?= 2
PYTEST_ARGS ?=
BENCH_ARGS ?=

bin := $(VENV)/bin
ready := $(VENV)/.ready
bench_ready := $(VENV)/.bench-ready
requirements := $(VENV)/requirements.txt
pip := $(bin)/python -m pip -qq --disable-pip-version-check

# pip knows dependency groups since 25.1, which is newer than what Debian 12 has.
read_group := import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["GROUP"], sep="\n")

.PHONY: help run test check torture bench picture clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile
	@echo "Variables: ENDPOINT=$(ENDPOINT) PYTHON=$(PYTHON) VENV=$(VENV) PYTEST_ARGS=$(PYTEST_ARGS) BENCH_ARGS=$(BENCH_ARGS)"

run: $(ready) ## chat here: a broker in the background and a client; without a terminal, the broker
	@if [ -t 0 ]; then \
		exec $(bin)/chat-launcher --here --bind "$(ENDPOINT)"; \
	else \
		exec $(bin)/chat-broker --bind "$(ENDPOINT)"; \
	fi

test: $(ready) ## run all tests, and say what they cover
	@$(bin)/coverage erase
	@status=0; \
	$(bin)/coverage run -m pytest --numprocesses $(TEST_PROCESSES) $(PYTEST_ARGS) || status=$$?; \
	$(bin)/coverage combine --quiet || status=$$?; \
	$(bin)/coverage report || status=$$?; \
	exit $$status

check: $(ready) ## check style, types, which part imports which, and that the tree is consistent
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy
	@$(bin)/lint-imports
	@$(pip) check
	@bash -n .ci/run && test -x .ci/run
	@! grep -rnE '^(<<<<<<<|>>>>>>>) ' --exclude-dir='.?*' .

torture: $(ready) ## try for hours to have a message lost, doubled or acknowledged falsely
	@CHAT_TORTURE=$${CHAT_TORTURE:-1} $(bin)/python -m pytest tests/torture tests/security tests/messages/test_codec_fuzz.py tests/broker/store/test_sqlite_damage.py --capture=no -o faulthandler_timeout=0 $(PYTEST_ARGS)

bench: $(bench_ready) ## measure the broker beside every other server that is installed here
	@$(bin)/python -m benchmarks $(BENCH_ARGS)

picture: $(ready) ## make docs/picture.svg anew, from a session of the programs
	@PYTHONPATH=tests $(bin)/python -m tools.make_picture

clean: ## remove what was built, measured and cached; the environment stays
	@rm -rf build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(ready): pyproject.toml | $(bin)/pip
	@echo "installing the project into $(VENV)"
	@$(bin)/python -c '$(subst GROUP,dev,$(read_group))' >$(requirements)
	@$(pip) install --editable . --requirement $(requirements)
	@touch $@

$(bench_ready): $(ready)
	@echo "installing what the benchmark needs into $(VENV)"
	@$(bin)/python -c '$(subst GROUP,bench,$(read_group))' >$(requirements)
	@$(pip) install --requirement $(requirements)
	@touch $@

$(bin)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ echo "$(PYTHON) cannot make $(VENV); apt-get install python3-venv, then try again" >&2; exit 1; }
