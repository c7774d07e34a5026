# `make` lists what there is. Everything installs itself into .venv; nothing but Python 3.11 or newer and pip is needed.

.DEFAULT_GOAL := help
.PHONY: help run test test-services lint format types contracts checks schema schema-check screenshots client-typescript clients \
	conformance chaos bench clean

# Which Python makes .venv: the first of these that is new enough, or the one you name (make run PYTHON=python3.13).
PYTHON ?= python3 python python3.13 python3.12 python3.11
IN_VENV := .venv/bin/python
TEST := $(IN_VENV) -m pytest -n $(or $(JOBS),2) --dist loadfile --no-loadscope-reorder
# Commands that only look at the code need no real database: they get an empty folder of their own.
LOOK := VAR_DIR=.venv/look DEMO=0 $(IN_VENV) manage.py
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## list what there is
	@echo "make run             start the whole server (PORT=8000, VAR_DIR=var, DEMO=0 to start empty)"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | grep -v '^run|' | \
		while IFS='|' read -r name text; do printf 'make %-15s %s\n' "$$name" "$$text"; done
	@echo "PYTHON=python3.12 chooses the Python of .venv; ARGS='-k league' is passed on to pytest, benchmarks and chaos."

run: .venv/runtime.stamp ## start the whole server
	@exec $(IN_VENV) manage.py up --leashed $$PPID

test: .venv/dev.stamp ## the whole suite on SQLite, with a real embedded broker and worker
	env -u DATABASE_URL -u REDIS_URL $(TEST) $(ARGS)

test-services: .venv/dev.stamp ## the same suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@export DATABASE_URL="$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}" && \
		export REDIS_URL="$${REDIS_URL:-redis://127.0.0.1:6379/9}" && \
		$(IN_VENV) -m tests.services && set -x && exec $(TEST) $(ARGS)

lint: .venv/dev.stamp ## style of the code
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .

format: .venv/dev.stamp ## bring the code into style
	$(IN_VENV) -m ruff check --fix .
	$(IN_VENV) -m ruff format .

types: .venv/dev.stamp ## types
	VAR_DIR=.venv/look $(IN_VENV) -m mypy .

contracts: .venv/dev.stamp ## who may import whom
	$(IN_VENV) -c "from importlinter.cli import lint_imports_command as run; run()"

checks: .venv/dev.stamp ## Django's checks on production settings, and whether a migration is missing
	PRODUCTION=1 DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing REDIS_URL=redis://127.0.0.1:1/0 \
		ALLOWED_HOSTS=audits.example.org VAR_DIR=.venv/look \
		SECRET_KEY=$$($(IN_VENV) -c "import secrets; print(secrets.token_urlsafe(50))") \
		$(IN_VENV) manage.py check --deploy --fail-level WARNING
	$(LOOK) makemigrations --check --dry-run

schema: .venv/dev.stamp ## write docs/openapi.json anew
	$(LOOK) spectacular --api-version 1 --format openapi-json --validate --fail-on-warn --file docs/openapi.json

schema-check: .venv/dev.stamp ## whether docs/openapi.json is what the code says
	$(LOOK) spectacular --api-version 1 --format openapi-json --validate --fail-on-warn --file .venv/openapi.json
	@diff -u docs/openapi.json .venv/openapi.json || { echo 'docs/openapi.json is out of date: make schema'; exit 1; }

screenshots: .venv/dev.stamp ## take the pictures of the editors' pages in docs/screenshots anew (needs a Chromium)
	SCREENSHOTS=docs/screenshots $(IN_VENV) -m pytest tests/browser $(ARGS)

# --- clients made by generators: nothing of them is kept in the repository ---

TS := build/clients/typescript

client-typescript: .venv/dev.stamp ## generate a TypeScript client, check its types, let it deliver a visit (needs node)
	@mkdir -p $(TS)
	cp tests/clients/typescript/* $(TS)/
	cd $(TS) && npm install --no-package-lock --no-audit --no-fund --loglevel=error
	cd $(TS) && node_modules/.bin/openapi-typescript ../../../docs/openapi.json --default-non-nullable false \
		--output api.ts && node_modules/.bin/tsc
	env -u DATABASE_URL -u REDIS_URL $(IN_VENV) -m pytest tests/clients/delivers_in_typescript.py

# The generator is a Java program that its package brings along.
GENERATOR := openapi-generator-cli==7.26.0

clients: client-typescript ## generate clients in Kotlin, Swift and Dart too, below build/clients (needs node and Java)
	@$(IN_VENV) -m pip --version >/dev/null 2>&1 && $(IN_VENV) -m pip install --quiet $(GENERATOR) || \
		"$$(cat .venv/venv.stamp)" -m pip --python .venv/bin/python install --quiet $(GENERATOR)
	for language in kotlin swift6 dart; do \
		rm -rf build/clients/$$language && .venv/bin/openapi-generator-cli generate --input-spec docs/openapi.json \
			--generator-name $$language --output build/clients/$$language --additional-properties hideGenerationTimestamp=true \
			> build/clients/$$language.log 2>&1 || { tail -20 build/clients/$$language.log; exit 1; }; \
	done

conformance: .venv/dev.stamp ## hold the server of `make run` against the phone protocol over a breaking link
	$(IN_VENV) -m tests.conformance server --server http://127.0.0.1:$(or $(PORT),8000) \
		--logins $(or $(VAR_DIR),var)/demo_logins.json $(ARGS)

chaos: .venv/dev.stamp ## deliver 1,000 visits while everything is killed at random (under 5 minutes)
	$(IN_VENV) -m benchmarks.chaos $(ARGS)

bench: .venv/dev.stamp ## measure submissions per second (needs DATABASE_URL of a PostgreSQL)
	$(IN_VENV) -m benchmarks.receiving $(ARGS)

clean: ## remove .venv, build/ and caches; var/ holds data and stays
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- .venv: made once, filled again only when a list of requirements changes ---

# Where Python comes without ensurepip (Debian without python3-venv), its own pip fills a venv that has none.
.venv/venv.stamp:
	@for name in $(PYTHON); do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed, and none of these is: $(PYTHON)." >&2; \
		echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	rm -rf .venv; \
	"$$python" -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; "$$python" -m venv --without-pip .venv; } || exit 1; \
	"$$python" -c 'import sys; print(sys.executable)' > $@

# Compiling what is never imported would take longer than installing it.
INSTALL = if $(IN_VENV) -m pip --version >/dev/null 2>&1; then $(IN_VENV) -m pip install --quiet --no-compile -r $<; \
	else "$$(cat .venv/venv.stamp)" -m pip --python .venv/bin/python install --quiet --no-compile -r $<; fi

.venv/runtime.stamp: requirements.txt .venv/venv.stamp
	@echo "Installing what the server needs into .venv (once; about half a minute)..."
	@$(INSTALL)
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt .venv/venv.stamp
	@echo "Installing what the tests and checks need into .venv (once)..."
	@$(INSTALL)
	@touch $@ .venv/runtime.stamp
