# calendlyd: make [all|check|lint|bench|install|clean] [SAN=1] [FAULT=1]
# [WERROR=1]

PREFIX	= /usr/local
SYSCONF	= /etc/calendlyd
CC	= gcc
SAN	=
FAULT	=
B	= $(if $(SAN),build-san,$(if $(FAULT),build-fault,build))

WARN	= -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual \
	  -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 \
	  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	  -Wdeclaration-after-statement -Wimplicit-fallthrough -Wlogical-op \
	  -Wduplicated-cond -Wduplicated-branches -Wnull-dereference \
	  $(if $(WERROR),-Werror)
HARD	= -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SANFL	= -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	  -fno-omit-frame-pointer
CFLAGS	= -std=c11 -g -fPIE -fno-common $(if $(SAN),$(SANFL),$(HARD)) $(WARN)
CPPFLAGS = -D_GNU_SOURCE -I. -isystem /usr/include/postgresql \
	  -DDATADIR='"$(PREFIX)/share/calendlyd"' \
	  $(if $(filter build-fault/%,$@),-DFAULT_POINTS)
LDFLAGS	= -pie -Wl,-z,relro,-z,now $(if $(SAN),$(SANFL))
LIBS	= -pthread -lfcgi -lcurl -lyajl -lpq -lsodium -lcrypto
DEPS	= -MMD -MP

LIB	= $(wildcard lib/*.c)
CORE	= $(wildcard app/domain/*.c app/settings/*.c app/metric/*.c) \
	  $(wildcard app/calendly/*.c app/repo/*.c) \
	  $(wildcard app/service/*.c app/service/*/*.c)
DAEMON	= $(wildcard app/process/*.c app/route/*.c app/job/*.c)
CTL	= $(wildcard app/ctl/*.c)
UNIT	= $(patsubst t/unit/%.c,$B/t/unit/%,$(wildcard t/unit/*.c))
REPO	= $(patsubst t/repo/%.c,$B/t/repo/%,$(wildcard t/repo/*.c))
FUZZ	= $(patsubst t/fuzz/%.c,$B/t/fuzz/%,$(wildcard t/fuzz/*.c))
# Only what has fault points is compiled anew for them.
FAULTY	= $(if $(FAULT),$(shell grep -rl --include='*.c' lib/fault.h app lib))
plain	= $(if $(FAULT),$(filter-out $(FAULTY),$(1)))
obj	= $(patsubst %.c,build/%.o,$(plain)) \
	  $(patsubst %.c,$B/%.o,$(filter-out $(plain),$(1)))

.PHONY: all programs tests check lint bench install clean
.SECONDARY:

all: programs tests
programs: $B/calendlyd $B/calendlyctl
tests: $(UNIT) $(REPO) $(FUZZ)

$B/lib.a: $(call obj,$(LIB))
$B/core.a: $(call obj,$(CORE))
$B/daemon.a: $(call obj,$(DAEMON))
$B/ctl.a: $(call obj,$(filter-out app/ctl/ctl.c,$(CTL)))
$B/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

$B/calendlyd: $(call obj,app/calendlyd.c) $B/daemon.a $B/core.a $B/lib.a
$B/calendlyctl: $(call obj,app/ctl/ctl.c) $B/ctl.a $B/core.a $B/lib.a
$B/calendlyd $B/calendlyctl:
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/t/unit/%: $B/t/unit/%.o $B/ctl.a $B/daemon.a $B/core.a $B/lib.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka
$B/t/repo/%: $B/t/repo/%.o $B/daemon.a $B/core.a $B/lib.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka
# A fuzzing program replays its corpus; docs/testing.md says how to search for
# new inputs.
$B/t/fuzz/%: $B/t/fuzz/%.o $B/t/fuzz/replay/main.o $B/ctl.a $B/daemon.a \
	  $B/core.a $B/lib.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

define compile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(DEPS) $(CFLAGS) -c -o $@ $<
endef
$B/%.o: %.c
	$(compile)
ifdef FAULT
build/%.o: %.c
	$(compile)
endif

check: all
	sh deploy/check.sh

lint:
	sh deploy/lint.sh

bench:
	sh t/bench/run.sh

install: programs
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/calendlyd \
	    $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $B/calendlyd $B/calendlyctl $(DESTDIR)$(PREFIX)/sbin/
	install -m 644 docs/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 docs/man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	rm -f $(DESTDIR)$(PREFIX)/share/calendlyd/migrations/*.sql \
	    $(DESTDIR)$(PREFIX)/share/calendlyd/migrations/functions/*.sql
	for dir in migrations migrations/functions deploy/pages \
	    deploy/monitoring; do \
	    to=$(DESTDIR)$(PREFIX)/share/calendlyd/$${dir#deploy/} && \
	    install -d "$$to" && install -m 644 $$dir/*.* "$$to" || exit; \
	done
	install -m 644 nginx.conf.example docs/openapi.yaml \
	    $(DESTDIR)$(PREFIX)/share/calendlyd/

clean:
	rm -rf build build-san build-fault build-fuzz

-include $(shell find $B $(if $(FAULT),build) -name '*.d' 2>/dev/null)
