# coldstat. `make` lists what there is to make.

GO ?= go
FUZZTIME ?= 10s
FUZZFLAGS ?=
BENCHFLAGS ?=
COMPARE ?=

PGO = cmd/coldstat/default.pgo

.PHONY: help build test race cover fuzz mutate bench pgo lint vuln fmt golden confirm man clean

help: ## list the targets
	@sed -n 's/^\([a-z][a-z]*\):.*## /\1|/p' Makefile | \
	while IFS='|' read -r target text; do printf '  make %-9s %s\n' "$$target" "$$text"; done

build: ## build ./coldstat
	CGO_ENABLED=0 $(GO) build -trimpath -o coldstat ./cmd/coldstat

test: ## run all tests, and each benchmark once
	$(GO) test -bench=. -benchtime=1x ./...

race: ## run the short tests under the race detector (needs a C compiler)
	$(GO) test -race -short ./...

cover: ## run all tests and show how much of each function they reach
	@mkdir -p dist
	$(GO) test -coverpkg=./... -coverprofile=dist/cover.out ./...
	$(GO) tool cover -func=dist/cover.out

fuzz: ## run each fuzz target for FUZZTIME (10s), and end with a table of executions and findings
	$(GO) run ./fixtures/fuzz -time $(FUZZTIME) $(FUZZFLAGS)

mutate: ## run the program over 20,000 damaged bundles; go test runs 2,000 of them, and COLDSTAT_SEED=N chooses others
	COLDSTAT_MUTATIONS=20000 $(GO) test ./cmd/cli -count=1 -v -run '^TestMutations$$'

# benchstat needs some six samples to tell a change from noise, so before and
# after it: make bench BENCHFLAGS='-count 6' COMPARE='-only none'
bench: ## run the benchmarks and compare with netstat; with an earlier dist/bench/new.txt as old.txt there, compare with that as well
	@mkdir -p dist/bench
	$(GO) test -run '^$$' -bench=. -benchmem $(BENCHFLAGS) ./... | tee dist/bench/new.txt
	@! grep '^FAIL' dist/bench/new.txt
	@if [ -e dist/bench/old.txt ]; then $(GO) tool benchstat dist/bench/old.txt dist/bench/new.txt; fi
	$(GO) run ./fixtures/bench $(COMPARE)

pgo: ## renew cmd/coldstat/default.pgo, the profile by which the compiler optimises
	@mkdir -p dist
	$(GO) test ./render -trimpath -run '^$$' -bench 'Netstat|Formats/(json|ndjson|csv)' -benchtime 40x -cpuprofile dist/cpu.prof -o dist/render.test
	$(GO) tool pprof -proto dist/render.test dist/cpu.prof >$(PGO)

lint: ## check formatting, go vet and staticcheck
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "not formatted (make fmt):"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

vuln: ## look for known vulnerabilities in what is used (needs the network)
	$(GO) tool govulncheck ./...

fmt: ## format all Go files
	gofmt -w .

golden: ## record the goldens from the installed netstat
	$(GO) test ./cmd/cli -run Confirm -update

confirm: ## replay every golden against the installed netstat
	REQUIRE_NETSTAT=1 $(GO) test ./cmd/cli -count=1 -run Confirm

man: ## write the manual page, coldstat.1
	$(GO) run ./cmd/coldstat --man-page > coldstat.1

clean: ## remove what was built
	rm -rf coldstat coldstat.1 dist
