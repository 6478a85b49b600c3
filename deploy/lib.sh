# shellcheck shell=sh disable=SC2154 # "top": see below
# lib.sh: what demo.sh and check.sh share: messages, packages, the build.
#
# To be sourced, with "top" set to the project's directory. What it makes is
# below $top/var. POSIX sh, and nothing that a minimal Debian does not have:
# no ps, no sudo for root, perhaps no /proc.

var=$top/var
POLICY=/usr/sbin/policy-rc.d

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '\n%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# done_line SECONDS TEXT: one step that held.
done_line()
{
	printf '✓ %6s s  %s\n' "$1" "$2"
}

# now: seconds with hundredths, without needing a date(1) that has %N.
now()
{
	date +%s.%N | cut -c1-13
}

since()
{
	printf '%s %s\n' "$1" "$(now)" | awk '{ printf "%.2f", $2 - $1 }'
}

# step TEXT COMMAND...: runs it with its output in the log, one line when it
# held; else the log's end, and the end.
step()
{
	text=$1
	shift
	began=$(now)
	log=$var/log/$(echo "$text" | tr -cs 'a-zA-Z0-9\n' - |
	    cut -c1-40 | sed 's/-$//').log
	mkdir -p "$var/log"
	# Not "if ! (...)": there the shell would not stop at a failure inside.
	set +e
	(set -e; "$@") >"$log" 2>&1
	status=$?
	set -e
	if [ $status -ne 0 ]; then
		printf '✗ %s\n\n' "$text" >&2
		tail -n 25 "$log" >&2
		die "\"$text\" failed; the whole log is $log"
	fi
	done_line "$(since "$began")" "$text"
}

# Packages

# packages SECTION...: the names in these sections of packages.txt.
packages()
{
	for section do
		awk -v want="[$section]" '
			/^\[/ { in_it = ($1 == want); next }
			in_it && NF && !/^#/ { print $1 }
		' "$top/deploy/packages.txt"
	done
}

is_installed()
{
	# shellcheck disable=SC2016 # dpkg-query fills it in
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
	    installed ]
}

missing()
{
	for package in $(packages "$@"); do
		is_installed "$package" || echo "$package"
	done
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

can_be_root()
{
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1
}

# While packages are installed, no package's script may start a service: this
# is Debian's own switch for that. What was there is put back as it was, after
# a kill -9 by the next run.
forbid_services()
{
	allow_services
	if [ -e $POLICY ] || [ -L $POLICY ]; then
		as_root mv $POLICY $POLICY.calendlyd-found
	else
		as_root touch $POLICY.calendlyd-none
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root tee $POLICY >/dev/null
	as_root chmod 0755 $POLICY
}

allow_services()
{
	if [ -e $POLICY.calendlyd-found ] || [ -L $POLICY.calendlyd-found ]
	then
		as_root mv $POLICY.calendlyd-found $POLICY
	elif [ -e $POLICY.calendlyd-none ]; then
		as_root rm -f $POLICY $POLICY.calendlyd-none
	fi
}

# A service that only came with our packages does not start with the machine.
disable_service()
{
	if command -v systemctl >/dev/null 2>&1; then
		as_root systemctl --quiet disable "$1" || true
	else
		as_root update-rc.d "$1" disable || true
	fi
}

apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
	    apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

fetch_packages()
{
	new=
	for service in postgresql nginx; do
		is_installed $service || new="$new $service"
	done
	trap allow_services EXIT
	trap 'exit 130' INT TERM HUP
	forbid_services
	apt update
	apt install --no-install-recommends "$@"
	for service in $new; do
		! is_installed "$service" || disable_service "$service"
	done
}

# install SECTION...: all of them, unless they are there.
install()
{
	want=$(missing "$@" | tr '\n' ' ')
	[ -n "$want" ] || return 0
	can_be_root ||
	    die "these packages are missing and you are neither root nor have" \
	        "sudo; as root: apt-get install $want"
	say "installing, for the first time only: $want"
	# shellcheck disable=SC2086 # a list of words
	step "packages installed, no service started" fetch_packages $want
}

# Build

# build TEXT [ARGUMENT...]: make, with these.
build()
{
	text=$1
	shift
	step "$text" make -C "$top" -j2 --no-print-directory "$@"
}

# Directories

# user postgres must reach its cluster, whoever we are.
postgres_reaches()
{
	[ "$(id -u)" -ne 0 ] || setpriv --reuid=postgres --regid=postgres \
	    --init-groups -- test -x "$1"
}

# private_dir LINK [postgres]: prints a directory for sockets: LINK itself, or
# where that is no good (its path is too long for a socket, or closed to user
# postgres, as /root is) a fresh one in /var/tmp that LINK then points to.
private_dir()
{
	if [ ! -d "$1" ]; then
		rm -f "$1"
		mkdir -p "${1%/*}"
		if [ ${#1} -le 75 ] &&
		    { [ $# -lt 2 ] || postgres_reaches "${1%/*}"; }; then
			mkdir -m 0700 "$1"
		else
			ln -s "$(mktemp -d /var/tmp/calendlyd-XXXXXX)" "$1"
		fi
	fi
	readlink -f "$1"
}
