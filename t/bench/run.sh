#!/bin/sh
# run.sh: every benchmark, one after another; "make bench" calls it.
#
#   run.sh [--short] [ingest|endpoints|bulkhead|apply|peer|feed|queue|size|
#       recurring|push ...]
#
# Each prints its results and keeps them in var/bench/NAME.md; all together are
# var/bench/results.md, the end of docs/performance.md. It takes about an hour
# and wants the machine for itself; --short takes some minutes, to see that
# they run: its figures are worth little.

set -eu

top=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$top"

usage()
{
	sed -n 's/^#   /usage: /p' "$0"
}

need_peer()
{
	cmp -s t/bench/peer/package-lock.json \
	    t/bench/peer/node_modules/fetched.json && return
	npm ci --prefix t/bench/peer --cache "$top/var/npm" --ignore-scripts \
	    --no-audit --no-fund --no-update-notifier
	cp t/bench/peer/package-lock.json t/bench/peer/node_modules/fetched.json
}

# The options that make it short.
hurry()
{
	case $1 in
	ingest)	   echo --connections 16 --seconds 3 --rounds 2 --memory 1000 ;;
	endpoints) echo --users 1,1000 --seconds 3 --rounds 2 ;;
	apply)	   echo --backlog 4000 --seconds 10 ;;
	peer)	   echo --connections 16 --seconds 3 --rounds 2 ;;
	queue)	   echo --front 20000 --backlog 5000 --jobs 200 ;;
	size)	   echo --users 100 --seconds 2 --checks 5 ;;
	recurring) echo --connections 2000 --seconds 5 --outage 3600 ;;
	push)	   echo --pushes 4000 --bookings 30 --seconds 5 --rounds 2 ;;
	*)	   echo --seconds 3 --rounds 2 ;;
	esac
}

short=
case ${1:-} in
--short)	short=1; shift ;;
-*)		usage >&2; exit 2 ;;
esac
[ $# -gt 0 ] || set -- ingest endpoints bulkhead apply peer feed queue size \
    recurring push
for name do
	[ -e "t/bench/$name.pl" ] || { usage >&2; exit 2; }
done
command -v wrk >/dev/null || {
	echo "run.sh: wrk is not installed; as root: apt-get install wrk" >&2
	exit 1
}

make -j2 programs
for name do
	case $name in
	peer|push) need_peer ;;
	esac
	# shellcheck disable=SC2046 # options, a word each
	perl "t/bench/$name.pl" ${short:+$(hurry "$name")}
done
for name do
	sed 's/^# /### /' "var/bench/$name.md"
	echo
done >var/bench/results.md
