# Go, make and git are enough to begin with: a target that needs more installs it.

GOLANGCI_LINT_VERSION := v2.15.0
GOFUMPT_VERSION := v0.12.0

# What to run and for how long, for example: make bench BENCH=Dial
BENCH ?= .
FIGURES ?=
FUZZTIME ?= 1m

# The version is in the path, so that a new one is built and an old one is not used.
GOLANGCI_LINT := .tools/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint
GOFUMPT := .tools/gofumpt-$(GOFUMPT_VERSION)/gofumpt

INSTALL_TOOLS := sh tortransport/tortest/install-tools.sh

# A module of its own, which "./..." does not reach. What changes in go.mod may
# have to change in its go.mod too: make lint tells.
DROPIN := tortransport/dropin

# git refuses a checkout that belongs to someone else (a mounted folder in a
# container); Go then refuses to stamp the revision, and without this to build.
ifneq ($(shell git rev-parse --verify --quiet HEAD >/dev/null 2>&1; echo $$?),0)
export GOFLAGS := $(shell go env GOFLAGS) -buildvcs=false
endif

.DEFAULT_GOAL := help
# Targets share private Tor networks' processor time: never two at once.
.NOTPARALLEL:
.PHONY: help demo chat pictures build test soak vectors bench fuzz lint fmt tools tor dist deb clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' Makefile

demo: tor build ## show what Onionwire does, on a private Tor network
	@bin/onionwire demo

chat: tor build ## open two interfaces side by side in tmux, on a private Tor network
	@bin/onionwire demo --tui

# What is in docs/pictures is made by people who talk on a private network, in tmux.
pictures: tor build ## take the pictures of the documentation anew
	go run ./cmd/internal/picture -onionwire bin/onionwire -o docs/pictures

build: ## build the programs into bin/
	@mkdir -p bin
	@go build -trimpath -o bin/ ./cmd/onionwire ./cmd/onionping

# The same commit and the same Go give the same bytes, on any machine.
dist: ## make what is released, for all systems, into dist/
	go run ./cmd/internal/dist -out dist

deb: tor ## make a release twice, and install, run and remove its Debian package in a chroot (as root)
	go test -tags dist -timeout 30m ./cmd/internal/dist
	go run ./cmd/internal/dist -out bin/deb -targets linux/$$(go env GOARCH)
	sh packaging/debian/try.sh bin/deb/onionwire_*_$$(go env GOARCH).deb

# Some packages start a private Tor network, six processes: not more than two
# packages at once. The first line asks whether the race detector works, which
# needs cgo and a C compiler on most platforms.
test: tor ## run all tests under the race detector
	@$(INSTALL_TOOLS) obfs4 || echo '*** NO OBFS4 on this machine: the tests that need it will fail ***' >&2
	@$(INSTALL_TOOLS) python # the bot of docs/rpc.md is in Python
	@$(INSTALL_TOOLS) tmux # a test uses the interface in it
	@test "$$(uname)" != Linux || $(INSTALL_TOOLS) systemd # it judges the unit of the service
	@race=-race; \
	works() { go test -race -run '^$$' errors >/dev/null 2>&1; }; \
	works || $(INSTALL_TOOLS) cc || true; \
	works || { race=; echo '*** NO RACE DETECTOR on this machine: the tests run without it ***' >&2; }; \
	set -x; go test $$race -p 2 -timeout 15m ./... && \
	go -C $(DROPIN) test $$race -timeout 15m ./... && \
	sh $(DROPIN)/libp2psuite/run.sh $$race -count 2

soak: tor ## kill, cut and dial for half an hour
	NODE_TEST_SOAK=1 go test -race -timeout 60m -run 'TestKilled|TestSimultaneousDials|TestFileOver' -v ./node
	NODE_TEST_SOAK=1 go test -race -timeout 30m ./node/store ./node/profile ./node/transfer

# Nothing of the programs is in Python: it is the other language in which the protocol
# was implemented, from its specification alone.
vectors: ## check the published test vectors against a second implementation
	@$(INSTALL_TOOLS) python
	python3 testdata/verify/verify.py

# The figures first, over Tor, of the messenger, the encryption and the program, of which
# BENCH chooses as well. They go into docs with FIGURES='-docs docs'.
bench: tor ## measure, ours beside raw Tor, stock libp2p, bare primitives (BENCH=regexp)
	go run ./tortransport/internal/figures -measure '$(BENCH)' $(FIGURES)
	go run ./node/internal/figures -measure '$(BENCH)' $(FIGURES)
	go run ./node/e2ee/internal/figures -measure '$(BENCH)' $(FIGURES)
	go run ./cmd/onionwire/internal/figures -measure '$(BENCH)' $(FIGURES)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 30m ./...

# Go shrinks every interesting input for up to a minute, which is all the time there
# is for inputs of some kilobytes: hence the bound.
fuzz: tools ## run every fuzzer for FUZZTIME (1m)
	@found=$$(go test -list '^Fuzz' ./...) || { echo "$$found"; exit 1; }; \
	echo "$$found" | awk '/^Fuzz/ { name[++n] = $$1 } /^ok/ { for (i = 1; i <= n; i++) print $$2, name[i]; n = 0 }' | { \
		failed=0; \
		while read -r package name; do \
			echo "== $$package $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime '$(FUZZTIME)' -fuzzminimizetime 10x "$$package" </dev/null || failed=1; \
		done; \
		exit $$failed; \
	}

lint: $(GOLANGCI_LINT) ## check style, import rules, formatting, go.mod and scripts
	$(GOLANGCI_LINT) run ./...
	$(GOLANGCI_LINT) fmt --diff ./...
	@files=$$(gofmt -l .) && test -z "$$files" || { echo "gofmt would change: $$files" >&2; exit 1; }
	go mod tidy -diff
	cd $(DROPIN) && '$(CURDIR)/$(GOLANGCI_LINT)' run ./...
	go -C $(DROPIN) mod tidy -diff
	@for script in .ci/run $$(find . -name '*.sh' -not -path './.tools/*'); do \
		echo "sh -n $$script"; sh -n "$$script" || exit 1; \
	done

fmt: $(GOFUMPT) ## format the Go files
	$(GOFUMPT) -w .

tools: tor ## install tor, tor-gencert and obfs4proxy, if they are missing
	@$(INSTALL_TOOLS) obfs4

tor:
	@$(INSTALL_TOOLS) tor

clean: ## remove what was built
	rm -rf bin dist .tools

# A linter built with an older Go than the module's refuses to run, and go
# install does not look at go.mod: hence GOTOOLCHAIN. Some distributions put
# experiments behind the version, as in "go1.26.0 X:nodwarf5".
.tools/%:
	@echo "building $(@D), once"
	@GOTOOLCHAIN=$$(go env GOVERSION | cut -d ' ' -f 1) GOBIN='$(CURDIR)/$(@D)' go install $(MODULE)

$(GOLANGCI_LINT): MODULE := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
$(GOFUMPT): MODULE := mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
