# shellcheck shell=sh disable=SC2154 # "top", "state": see below
# services.sh: starts, awaits and stops programs in the background. Each has a
# pid file, $state/NAME.pid. It is sourced after lib.sh, with "state" set to a
# directory.

# stat_field N PID: prints a field of /proc/PID/stat, counted from the one
# behind the program's name; prints nothing if there is no /proc.
stat_field()
{
	sed 's/.*) //' "/proc/$2/stat" 2>/dev/null | cut -d' ' -f"$1"
}

# born PID: prints when it started, so that another program that was given the
# same number later is not taken for ours.
born()
{
	stat_field 20 "$1"
}

# alive PID: succeeds if it runs; a zombie does not.
alive()
{
	kill -0 "$1" 2>/dev/null && [ "$(stat_field 1 "$1")" != Z ]
}

# service_pid NAME: prints its pid, if it runs.
service_pid()
{
	[ -s "$state/$1.pid" ] || return 1
	read -r pid when <"$state/$1.pid"
	alive "$pid" && [ "$(born "$pid")" = "$when" ] || return 1
	echo "$pid"
}

# service_start NAME COMMAND...: starts it in a session of its own, so that the
# terminal's Ctrl-C does not reach it.
service_start()
{
	name=$1
	shift
	mkdir -p "$state/log"
	setsid "$@" >"$state/log/$name.log" 2>&1 </dev/null &
	echo "$! $(born $!)" >"$state/$name.pid"
}

# service_await NAME SECONDS COMMAND...: waits until COMMAND succeeds. If the
# service dies, or the time is over, it prints the end of the service's log and
# fails.
service_await()
{
	name=$1
	left=$(($2 * 20))
	shift 2
	until "$@" >/dev/null 2>&1; do
		if ! service_pid "$name" >/dev/null; then
			service_blame "$name" "ended at once"
		elif [ "$left" -le 0 ]; then
			service_blame "$name" "runs but is not ready"
		fi
		left=$((left - 1))
		sleep 0.05
	done
}

service_blame()
{
	tail -n 15 "$state/log/$1.log" >&2
	echo "$1 $2; its log is $state/log/$1.log" >&2
	exit 1
}

# service_stop NAME [SIGNAL]: stops it and waits until it is gone; after 20
# seconds it is killed, with all processes that it started.
service_stop()
{
	if pid=$(service_pid "$1"); then
		kill "-${2:-TERM}" "$pid" 2>/dev/null || true
		left=400
		while alive "$pid" && [ "$left" -gt 0 ]; do
			left=$((left - 1))
			sleep 0.05
		done
		kill -KILL "-$pid" 2>/dev/null || true
	fi
	rm -f "$state/$1.pid"
}

# listens ADDRESS PORT: succeeds if a program listens there.
listens()
{
	perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(
	    PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 2)' "$@"
}

# must_be_free ADDRESS PORT WHAT: exits with an error unless WHAT can listen
# there.
must_be_free()
{
	why=$(perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Listen => 1,
	    LocalAddr => $ARGV[0], LocalPort => $ARGV[1], ReuseAddr => 1)
	    or do { print "$!"; exit 1 }' "$1" "$2") ||
	    die "cannot listen on $1 port $2, for $3: $why. Choose others" \
	        "with DEMO_PORT (it and the three after it are used) or" \
	        "DEMO_BIND, as in: DEMO_PORT=9443 sh deploy/demo.sh"
}
