# munim: `make run` serves on 127.0.0.1:8080 with the paper broker; `make test` runs everything. Both install what is missing.
PACKAGES := libsqlite3-dev libyaml-dev libmicrohttpd-dev libsodium-dev pkg-config sqlite3 curl valgrind
SWIFT    ?= swift
CONFIG   ?= plugins.yaml
SECONDS  ?= 60

.PHONY: help setup secret nginx run test prove same bench instructions mutants fuzz format lint clean

help:
	@echo "make run      build release and serve $(CONFIG)"
	@echo "make test     check the format and run every test"
	@echo "make prove    20,000 simulated signals with faults, and a death at every step of every scenario"
	@echo "make same     see that debug and release builds play 1,000 seeds alike"
	@echo "make bench    measure speed against the floors of this machine"
	@echo "make instructions  count those of one replayed signal against the recorded number; RECORD=1 records it"
	@echo "make mutants  build bugs in on purpose and see each found by simulation, in seeds or by a death in a scenario"
	@echo "make fuzz     list what can be fuzzed, or fuzz one TARGET"
	@echo "make format   format all Swift files"
	@echo "make clean    remove build products"

setup:
	@missing=""; for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "setup: installing Debian packages:$$missing"; \
	    if [ "$$(id -u)" -eq 0 ]; then as=""; else as="sudo"; echo "setup: this needs root"; fi; \
	    $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "setup: Swift 6.3 or later is needed; see https://www.swift.org/install"; exit 1; }

# One test needs a real nginx. It is unpacked beside the build, where it is not installed: installing it would start a server on port 80.
nginx:
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || test -x .build/nginx/usr/sbin/nginx || { \
	    mkdir -p .build/nginx && cd .build/nginx && apt-get download -qq nginx && dpkg-deb -x nginx_*.deb .; \
	} || echo "test: nginx cannot be fetched; what it proves is skipped"

# What webhooks must carry, made once: plugins.yaml takes it from there, and git leaves var out.
secret:
	@test -s var/webhook.secret || { \
	    umask 077 && mkdir -p var && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >var/webhook.secret.new && \
	    mv var/webhook.secret.new var/webhook.secret && echo "secret: var/webhook.secret holds what webhooks must carry"; \
	}

run: setup secret
	$(SWIFT) build -c release --product munim
	.build/release/munim serve $(CONFIG)

# Hosts answer within fixed times, which whole systems, killed processes and hundreds of tests beside them would not leave them on a small
# machine: two runs, and few tests at a time.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 8
test: setup nginx lint
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip SimulationTests --skip ChaosTests
	$(SWIFT) test --skip-build --filter SimulationTests --filter ChaosTests
	@$(MAKE) --no-print-directory instructions

# A time says little on a machine that others use; the count of instructions says what a change costs.
instructions: setup
	$(SWIFT) build -c release --product munim
	SWIFT="$(SWIFT)" Benchmarks/instructions $(if $(RECORD),--record)

prove: setup
	$(SWIFT) build -c release --product munim
	.build/release/munim simulate --full --seeds 1..200

# One seed is one run, whoever built the program: a difference is a bug of the first rank.
same: setup
	$(SWIFT) build --product munim
	$(SWIFT) build -c release --product munim
	@for build in debug release; do \
	    .build/$$build/munim simulate --seeds 1..1000 --signals 20 --json | grep '"trace"' >.build/same-$$build || exit 1; \
	    echo "$$build: $$(cat .build/same-$$build)"; \
	done; \
	cmp .build/same-debug .build/same-release

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks examples

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks examples

bench: setup
	$(SWIFT) build -c release --product munim
	$(SWIFT) run -c release --package-path Benchmarks munim-bench

mutants: setup
	$(SWIFT) build -c release -Xswiftc -DMUTANTS --scratch-path .build/mutants --product munim
	.build/mutants/release/munim mutants

# The corpus is read, what is new goes to var/fuzz. The backtrace of Swift would wait for a person when the process ends.
ifdef TARGET
fuzz: setup
	@test -d Tests/Fuzz/Corpus/$(TARGET) || { echo "fuzz: no target is called $(TARGET); make fuzz lists them"; exit 1; }
	MUNIM_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product munim-fuzz --sanitize fuzzer --sanitize address \
	    -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,trace-cmp -Xswiftc -use-ld=lld
	@mkdir -p var/fuzz/$(TARGET)/found
	SWIFT_BACKTRACE=enable=no MUNIM_FUZZ_TARGET=$(TARGET) .build/fuzz/debug/munim-fuzz -workers=1 -max_total_time=$(SECONDS) \
	    -timeout=10 -max_len=16384 -artifact_prefix=var/fuzz/$(TARGET)/ var/fuzz/$(TARGET)/found Tests/Fuzz/Corpus/$(TARGET) \
	    $(if $(filter config,$(TARGET)),Tests/HostTests/Config/Corpus)
else
fuzz:
	@echo "make fuzz TARGET=webhook  SECONDS=60    bodies of webhooks"
	@echo "make fuzz TARGET=signal   SECONDS=60    one signal in many spellings"
	@echo "make fuzz TARGET=config   SECONDS=60    plugins.yaml"
	@echo "make fuzz TARGET=trades   SECONDS=60    lists of trades for munim replay"
	@echo "make fuzz TARGET=trace    SECONDS=60    files for munim trace"
	@echo "make fuzz TARGET=recorded SECONDS=60    recorded webhooks for munim replay"
endif

clean:
	$(SWIFT) package clean
	rm -rf .build/fuzz Benchmarks/.build examples/plugins/*/.build
