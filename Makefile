# SalesTwin. `make chat` does everything; `make help` lists the rest.
# Another Python: make PYTHON=/path/to/python3.11 chat

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
SALESTWIN = .venv/bin/salestwin

.DEFAULT_GOAL := help
.PHONY: help python setup dev chat serve test eval bench soak lint lock

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11+：make PYTHON=… · Python 3.11+ is needed: make PYTHON=…"; exit 1; }

setup: python  ## .venv with locked dependencies 准备运行环境
	@$(PYTHON) scripts/setup.py

dev: python
	@$(PYTHON) scripts/setup.py --dev

chat: setup  ## everything, then a chat as a demo rep 一条命令开始对话
	@test -n "$$SALESTWIN_DATABASE_URL" || test -f "$${SALESTWIN_HOME:-.salestwin}/salestwin.db" \
		|| $(SALESTWIN) init --demo
	@$(SALESTWIN) chat

serve: setup  ## stay up: clockwork and health checks 常驻运行
	@test -n "$$SALESTWIN_DATABASE_URL" || test -f "$${SALESTWIN_HOME:-.salestwin}/salestwin.db" \
		|| $(SALESTWIN) init --demo
	@$(SALESTWIN) serve

test: dev  ## all checks and tests 全部检查与测试
	@$(PYTHON) scripts/check.py

lint: dev  ## format, lint, types and layers only 只做静态检查
	@$(PYTHON) scripts/check.py format lint types layers

soak: dev  ## the long tests 长时间测试
	@.venv/bin/pytest -q -m slow

eval: setup  ## how often the twin is right 评测
	@$(SALESTWIN) eval

bench: setup  ## how fast it is 性能测量
	@$(SALESTWIN) bench

lock: dev  ## renew constraints.txt 更新依赖锁
	@.venv/bin/uv pip compile --quiet --upgrade --all-extras --group dev --no-emit-index-url \
		--no-header --no-annotate --output-file constraints.txt pyproject.toml
