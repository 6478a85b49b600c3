# shellcheck shell=sh disable=SC2154 # "top": see below
# lib.sh: functions that demo.sh and check.sh share: messages, packages, the
# build.
#
# It is sourced, with "top" set to the project's directory. All files that it
# makes are below $top/var. It is POSIX sh and uses only programs of a minimal
# Debian: no ps, no sudo for root, perhaps no /proc.

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

# done_line SECONDS TEXT: prints the line of a step that succeeded.
done_line()
{
	printf '✓ %6s s  %s\n' "$1" "$2"
}

# now: prints the time in seconds and hundredths; date(1) may lack %N.
now()
{
	date +%s.%N | cut -c1-13
}

since()
{
	printf '%s %s\n' "$1" "$(now)" | awk '{ printf "%.2f", $2 - $1 }'
}

# step TEXT COMMAND...: runs it, with its output in a log, and prints one line
# if it succeeds; else prints the end of the log and exits.
step()
{
	text=$1
	shift
	began=$(now)
	log=$var/log/$(echo "$text" | tr -cs 'a-zA-Z0-9\n' - |
	    cut -c1-40 | sed 's/-$//').log
	mkdir -p "$var/log"
	# This is not "if ! (...)", in which "set -e" would have no effect.
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

# packages SECTION...: prints the names in these sections of packages.txt.
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

# While packages are installed, no package may start a service; Debian's policy
# file for that is put in place. A file that was there is restored afterwards,
# or by the next run if this one is killed.
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

# Services that our packages brought along are disabled, so that they do not
# start with the machine.
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

# install SECTION...: installs the packages of these sections that are missing.
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

# build TEXT [ARGUMENT...]: runs make with these arguments, as a step.
build()
{
	text=$1
	shift
	step "$text" make -C "$top" -j2 --no-print-directory "$@"
}

# Directories

# Lets user postgres reach its cluster's directory, whoever runs this script.
postgres_reaches()
{
	[ "$(id -u)" -ne 0 ] || setpriv --reuid=postgres --regid=postgres \
	    --init-groups -- test -x "$1"
}

# private_dir LINK [postgres]: prints a directory for sockets. That is LINK
# itself, or a new directory in /var/tmp to which LINK then points, if LINK's
# path is too long for a socket or not accessible to user postgres (as below
# /root).
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
