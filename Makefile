# Everything is in config/local, which needs nothing but Python 3.11: `make help` lists what it does.
PYTHON ?= python3
TARGETS := help run test check bench screenshots manage shell stop lock messages

.DEFAULT_GOAL := help
.PHONY: $(TARGETS)

# ARGS and PORT reach it through the environment, where no shell expands them again.
export ARGS

$(TARGETS):
	@exec $(PYTHON) -m config.local $@
