#!/bin/sh
# run.sh: lets clang's libFuzzer search for inputs that break what the fuzz
# targets promise.

set -eu

usage()
{
	cat <<-'EOF'
	usage: sh t/fuzz/run.sh [-o DIRECTORY] SECONDS [NAME...]

	Builds the targets t/fuzz/NAME.c (all of them, without a NAME) with
	libFuzzer and the sanitizers and runs each for so long, one at a time,
	from the seeds in t/fuzz/corpus/NAME. Prints a line of figures for each;
	exits 1 if one found something.

	  -o DIRECTORY  where to leave new inputs that reach new code (NAME/),
	                logs (NAME.log) and what broke a promise
	                (NAME.crash-...); default: var/fuzz
	EOF
}

top=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$top"
out=var/fuzz
while getopts ho: option; do
	case $option in
	o)	out=$OPTARG ;;
	h)	usage; exit 0 ;;
	*)	usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
case ${1:-} in
'' | *[!0-9]*)	usage >&2; exit 2 ;;
esac
seconds=$1
shift
if [ $# -eq 0 ]; then
	for file in t/fuzz/*.c; do
		set -- "$@" "$(basename "$file" .c)"
	done
fi

flags='-O1 -fno-omit-frame-pointer -fno-sanitize-recover=all'
flags="$flags -fsanitize=address,undefined"

# A target of libFuzzer is its file, our code, and clang's main().
build()
{
	make -s -j2 B=build-fuzz CC=clang WARN= DEPS='-MMD -MP' \
	    HARD="$flags,fuzzer-no-link" \
	    build-fuzz/ctl.a build-fuzz/daemon.a build-fuzz/core.a \
	    build-fuzz/lib.a
	for name do
		# shellcheck disable=SC2086 # words
		clang -g $flags,fuzzer -std=c11 -D_GNU_SOURCE -I. \
		    -isystem /usr/include/postgresql -o "build-fuzz/$name" \
		    "t/fuzz/$name.c" build-fuzz/ctl.a build-fuzz/daemon.a \
		    build-fuzz/core.a build-fuzz/lib.a \
		    -lfcgi -lcurl -lyajl -lpq -lsodium -lcrypto
	done
}

# The last value of a figure in libFuzzer's log.
figure()
{
	sed -n "s/.*$2 *\([0-9][0-9]*\).*/\1/p" "$1" | tail -n 1
}

fuzz()
{
	log=$out/$1.log
	mkdir -p "$out/$1"
	found=no
	"build-fuzz/$1" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
	    -artifact_prefix="$out/$1." "$out/$1" "t/fuzz/corpus/$1" \
	    >"$log" 2>&1 || found="YES: see $log"
	printf '%s: %s runs in %s s, %s a second, coverage %s, found: %s\n' \
	    "$1" "$(figure "$log" number_of_executed_units:)" "$seconds" \
	    "$(figure "$log" average_exec_per_sec:)" \
	    "$(figure "$log" ' cov:')" "$found"
	[ "$found" = no ]
}

build "$@"
rc=0
for target do
	fuzz "$target" || rc=1
done
exit $rc
