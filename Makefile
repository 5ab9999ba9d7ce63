# `make run` and `make test` are all a newcomer needs; both work with only python3, make and git.
.PHONY: run test check lint faults bench messages clean

py = .venv/bin/python

run: ## the demo on http://127.0.0.1:8000 (PORT=… for another port)
	@bin/bootstrap
	@bin/run

test: ## everything: fast suite, browser, then PostgreSQL and Redis; says what could not run
	@bin/bootstrap dev
	@bin/test

check: ## the fast part of the tests
	@bin/bootstrap dev
	@$(py) -m pytest -q -m "not browser and not services and not race"

lint: ## style, types, templates
	@bin/bootstrap dev
	@bin/lint

faults: ## ballots while the server is killed, the full set (some minutes); prints its seed
	@bin/bootstrap dev
	@$(py) -m tests.faults

bench: ## the figures of bench/RESULTS.md
	@bin/bootstrap dev
	@for script in bench/*.py; do echo "== $$script"; $(py) "$$script" || exit 1; done

messages: ## collect the translatable strings and compile the catalogues (needs gettext)
	@bin/bootstrap dev
	@DEMO=1 $(py) manage.py makemessages --all --no-obsolete --add-location file --ignore .venv --ignore var --ignore staticfiles
	@DEMO=1 $(py) manage.py compilemessages --ignore .venv

clean: ## forget the demo's data and the collected files
	rm -rf var staticfiles static/toile.css
