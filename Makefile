# Carryover: everything a developer runs, on a machine with Go and make.
#
# The two commands to start with are `make demo` and `make test`.

# Builds and tests are free of cgo, so that what is tested is what is shipped:
# one static binary. Only the race detector needs a C compiler.
export CGO_ENABLED = 0

# The commit goes into the binary for `carryover version`, wherever git works.
# The flag is passed explicitly, so GOFLAGS in the environment does not decide.
VCS := $(shell git rev-parse -q --verify HEAD >/dev/null 2>&1 && git status --porcelain >/dev/null 2>&1 && echo true || echo false)

# Packages that start goroutines or share memory between them: the ones where
# the race detector can find something (internal/arch keeps the list complete).
RACED = ./alarm/notify/... ./api ./heidi ./cliniko ./internal/guard ./internal/seal ./ledger/... ./pipeline \
	./internal/check ./internal/setup ./internal/desk ./internal/daemon ./internal/cli ./sandbox/... ./web/...

# How long each fuzz target runs (`make fuzz FUZZTIME=10m`), and which of demo's
# days a soak takes (`make soak SEEDS="1 5"`; without it 1 to 20).
FUZZTIME ?= 30s
SEEDS ?=

# Tools are pinned in tools/go.mod and built once into a folder git ignores.
TOOLS := $(CURDIR)/.cache/bin
LINT  := $(TOOLS)/golangci-lint
VULN  := $(TOOLS)/govulncheck

.DEFAULT_GOAL := help
.PHONY: help demo test check build bench backfill fuzz soak mutants kills axe cover fmt tools release reproducible deb-test systems clean FORCE

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: build ## a clinic's day on the simulators: no account, no network
	@bin/carryover demo

build: bin/carryover ## bin/carryover, one static binary

bin/carryover: FORCE
	@scripts/timed "built $@" go build -buildvcs=$(VCS) -o $@ ./cmd/carryover

# The road and the daemon take minutes under the race detector: `make check` has
# them, so that `make test` stays under ten on a small machine with cold caches.
LONGRACE = ./pipeline ./internal/daemon ./internal/cli

test: ## what has to be green: vet, every test, then the race detector
	@scripts/deps
	go vet ./...
	go test -parallel 8 $$(go list ./... | grep -v /internal/daemon$$)
	go test -parallel 8 ./internal/daemon # whole days by the clock: alone
	@scripts/race -short $(filter-out $(LONGRACE),$(RACED))

check: $(LINT) $(VULN) ## test's stricter sister, before a change is offered
	$(LINT) fmt --diff
	go vet ./...
	@scripts/systems
	$(LINT) run
	@scripts/modernised
	@scripts/vulnerable $(VULN)
	@scripts/race -short $(RACED)
	@scripts/fuzz 5s

bench: ## every benchmark
	@scripts/bench

backfill: ## a thousand past sessions: the ceiling used, no 429, stopped and resumed, nothing doubled
	go test ./internal/sim -count 1 -run TestBackfill -backfill -v -timeout 30m

fuzz: ## every fuzz target, FUZZTIME each
	@scripts/fuzz $(FUZZTIME)

soak: build ## 200 simulated worlds of three days and a month; then forty of demo's days
	go test ./internal/sim -run 'Soak|Same' -soak -v -timeout 2h
	go test ./internal/daemon -run Restored -every-copy
	@scripts/soak $(SEEDS)

mutants: ## plants a dozen bugs, one by one, each of which the simulation has to catch
	go test ./internal/sim -run Mutants -mutants . -v -timeout 2h

kills: ## SIGKILL at every crash point, and four hundred at random (some minutes)
	go -C internal/crash test -count 1 -timeout 30m -parallel 8 -long -seed $(or $(SEED),1)

axe: ## axe-core over every page and state of the review page, in Chromium (fetches axe-core from npm)
	@mkdir -p .cache/axe
	@test -f .cache/axe/package/axe.min.js || (cd .cache/axe && npm pack --silent axe-core@4.14.1 >/dev/null && tar xzf axe-core-4.14.1.tgz)
	go test ./web -count 1 -run EveryState -v -axe $(CURDIR)/.cache/axe/package/axe.min.js

cover: ## what share of the statements the tests reach
	@mkdir -p .cache
	go test -coverprofile=.cache/cover.out -coverpkg=./... ./...
	@go tool cover -func=.cache/cover.out | tail -1

fmt: $(LINT) ## format as gofumpt does
	$(LINT) fmt

tools: $(LINT) $(VULN) ## build the pinned tools (some minutes, once)

$(LINT): tools/go.mod tools/go.sum
	@scripts/timed "built golangci-lint" go -C tools build -buildvcs=false -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

$(VULN): tools/go.mod tools/go.sum
	@scripts/timed "built govulncheck" go -C tools build -buildvcs=false -o $@ golang.org/x/vuln/cmd/govulncheck
	@touch $@

release: ## dist/: archives, Debian packages and sums, as scripts/release says
	@scripts/release dist

reproducible: ## build the release in two places and compare every byte (some minutes)
	@scripts/reproducible

deb-test: ## the Debian package: install, run, upgrade over an old ledger, remove, purge, on a copy of this machine
	@scripts/deb-test

systems: ## does it compile for macOS, Windows and ARM
	@scripts/systems

clean: ## remove what was built
	rm -rf bin .cache dist
