#!/bin/sh
# check.sh: sets up what is missing and runs every test.

set -eu

usage()
{
	cat <<-'EOT'
	usage: sh deploy/check.sh [--long] [FILE...]

	Installs what is missing (as root or with sudo), builds with warnings as
	errors, lints, and runs all tests: of the contract, the sandbox, the
	units, the repository, end to end, of the pages in a browser, and of the
	examples in other languages. Tests of the units and of the repository,
	and some end to end, run a second time with the address and
	undefined-behaviour sanitizers.

	  --long   runs the long forms of the tests, all end-to-end tests with the
	           sanitizers, too, and each fuzz target for a minute
	  FILE...  runs only these tests, e.g. t/e2e/connect.t build/t/unit/json

	CAL_TEST_JOBS sets how many tests run at a time (5), CAL_TEST_TIMEOUT
	how many seconds a test waits for anything (30). The logs of failed
	tests are kept in var/test/, and their names are printed.
	EOT
}

top=$(cd "$(dirname "$0")/.." && pwd -P)
# shellcheck source=deploy/lib.sh
. "$top/deploy/lib.sh"
state=$var/check
# shellcheck source=deploy/services.sh
. "$top/deploy/services.sh"

start_cluster()
{
	sh "$top/deploy/cluster.sh" init "$cluster"
	service_start postgres sh "$top/deploy/cluster.sh" run "$cluster" \
	    -c fsync=off
	service_await postgres 30 pg_isready -q -h "$cluster"
}

# Lint takes minutes of processor time, and tests often wait, so lint runs beside
# them at the lowest priority. A finding does not end the run at once, so that
# the tests still run.
start_lint()
{
	setsid nice -n 19 sh deploy/lint.sh >"$state/lint" 2>&1 &
	linter=$!
	say "· lint runs beside the tests; what it finds is shown in the end"
}

end_lint()
{
	clean=0
	wait "$linter" || clean=1
	linter=
	[ $clean -ne 0 ] || { say "✓ lint is clean"; return 0; }
	cat "$state/lint"
	say "✗ lint is not clean: see above, or run make lint"
	return 1
}

finish()
{
	[ -z "$linter" ] || kill -TERM "-$linter" 2>/dev/null || :
	service_stop postgres INT
	rm -rf "$cluster"
}

# Fetches what Debian does not have; DIR/package-lock.json pins versions and
# hashes.
fetch_from_npm()
{
	npm ci --prefix "$1" --cache "$var/npm" --ignore-scripts \
	    --no-audit --no-fund --no-update-notifier
	cp "$1/package-lock.json" "$1/node_modules/fetched.json"
}

# need_from_npm DIR...
need_from_npm()
{
	for dir do
		! cmp -s "$dir/package-lock.json" \
		    "$dir/node_modules/fetched.json" || continue
		command -v npm >/dev/null 2>&1 || install npm
		step "npm's registry: $dir" fetch_from_npm "$dir"
	done
}

# all_of BUILD FILE...: prints BUILD:FILE for each FILE that exists.
all_of()
{
	build=$1
	shift
	for file do
		case $file in
		*.o | *.d)	continue ;;
		esac
		[ ! -f "$file" ] || echo "$build:$file"
	done
}

# Prints the tests that the command line names, each with the build that it is
# for.
named()
{
	for file do
		case $file in
		*/durability.t)	all_of build "$file" ;;
		*/storm.t)	all_of build "$file"
				all_of build-san "$file" ;;
		*t/crash/*)	all_of build-fault "$file" ;;
		*)		all_of build "$file" ;;
		esac
	done
}

# Prints the end-to-end tests that run with the sanitizers, too: in a long run
# all of them, else those that say so.
sanitized()
{
	if [ -n "${CAL_TEST_LONG:-}" ]; then
		echo t/e2e/*.t
	else
		grep -l '^# With sanitizers in every run' t/e2e/*.t
	fi
}

every_test()
{
	all_of build t/*.t t/contract/*.t t/sandbox/t/*.t build/t/unit/* \
	    build/t/repo/* build/t/fuzz/* t/e2e/*.t t/browser/*.t \
	    t/examples/*.t
	named t/crash/*.t
	# shellcheck disable=SC2046 # our names hold no blanks
	all_of build-san build-san/t/unit/* build-san/t/repo/* \
	    build-san/t/fuzz/* $(sanitized)
}

case ${1:-} in
--long)		CAL_TEST_LONG=1; export CAL_TEST_LONG; shift ;;
-h | --help)	usage; exit 0 ;;
-*)		usage >&2; exit 2 ;;
esac

# The sanitizers read /proc, and a test needs a terminal. On a bare root file
# system, which has neither, they are mounted in a mount namespace of our own,
# which ends with this script.
if [ ! -e /proc/self/maps ] || [ ! -e /dev/pts/ptmx ]; then
	[ "$(id -u)" -eq 0 ] || die "/proc or /dev/pts is not mounted: as root," \
	    "mount them with: mount -t proc proc /proc;" \
	    "mount -t devpts devpts /dev/pts"
	mkdir -p /proc /dev/pts
	# shellcheck disable=SC2016 # for the inner shell
	exec unshare --mount --propagation unchanged sh -c '
		[ -e /proc/self/maps ] || mount -t proc proc /proc || exit
		[ -e /dev/pts/ptmx ] || mount -t devpts \
		    -o mode=0620,ptmxmode=0666 devpts /dev/pts || exit
		exec sh "$0" "$@"' \
	    "$top/deploy/check.sh" ${CAL_TEST_LONG:+--long} "$@"
fi

cd "$top"
install run build demo test lint ${CAL_TEST_LONG:+fuzz}
need_from_npm t/browser t/examples/express4 t/examples/express5
build "built with warnings as errors" WERROR=1
build "built with sanitizers" WERROR=1 SAN=1
build "built with fault points" WERROR=1 FAULT=1 programs

cluster=$(mktemp -d "${TMPDIR:-/tmp}/calpg-XXXXXX")
linter=
trap finish EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$state"
start_lint
step "a PostgreSQL for the tests runs" start_cluster
CAL_TEST_CLUSTER=$cluster
export CAL_TEST_CLUSTER

if [ $# -gt 0 ]; then
	tests=$(named "$@")
else
	tests=$(every_test)
fi
rc=0
# shellcheck disable=SC2086 # our names hold no blanks
perl deploy/prove.pl -j "${CAL_TEST_JOBS:-5}" $tests || rc=$?
if [ -n "${CAL_TEST_LONG:-}" ] && [ $# -eq 0 ]; then
	sh t/fuzz/run.sh 60 || rc=1
fi
end_lint || rc=1
[ $rc -eq 0 ]
