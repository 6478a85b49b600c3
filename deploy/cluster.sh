#!/bin/sh
# cluster.sh: a private PostgreSQL cluster in one directory, for the demo and
# the tests.
#
#   cluster.sh init DIR             make a cluster with its roles, once
#   cluster.sh run DIR [OPTION...]  run the server in the foreground, until
#                                   SIGINT; options go to postgres(1)
#
# The server listens only on a Unix socket inside DIR. DIR has mode 0700, so
# that only its owner and root can reach the socket, and no passwords are
# needed. PostgreSQL refuses to run as root, so if root calls this, it runs as
# user postgres.
#
# Roles: postgres (superuser), calendlyd_admin (for DATABASE_ADMIN_URL: makes
# roles and owns databases, no superuser) and calendlyd (for DATABASE_URL: owns
# nothing).

set -eu

ADMIN=calendlyd_admin
RUNTIME=calendlyd

die()
{
	echo "cluster.sh: $*" >&2
	exit 1
}

# Finds the programs of the newest server, which Debian does not put into PATH.
find_bin()
{
	found=
	for dir in /usr/lib/postgresql/*/bin; do
		[ -x "$dir/postgres" ] && found=$dir
	done
	[ -n "$found" ] || die "no PostgreSQL server in /usr/lib/postgresql:" \
	    "install the package postgresql"
	echo "$found"
}

# With "keep" the signal that the kernel sends when the parent dies survives the
# change of user, so that a test's server ends when the test is killed.
as_owner()
{
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=postgres --regid=postgres --init-groups \
		    --pdeathsig=keep -- "$@"
	else
		"$@"
	fi
}

# The kernel allows 107 bytes for the path of a socket.
check_dir()
{
	case $1 in
	/*)	;;
	*)	die "$1: give the directory by its whole path" ;;
	esac
	[ "${#1}" -le 90 ] ||
	    die "$1: too long for a Unix socket in it, 90 characters at most"
}

make_roles()
{
	as_owner "$bin/postgres" --single -D "$dir/data" postgres \
	    >>"$dir/initdb.log" 2>&1 <<-EOT ||
	CREATE ROLE $ADMIN LOGIN CREATEROLE
	CREATE ROLE $RUNTIME LOGIN
	EOT
	    die "making the roles failed: see $dir/initdb.log"
}

init()
{
	if [ ! -e "$dir/ready" ]; then
		mkdir -p "$dir"
		[ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
		chmod 0700 "$dir"
	fi
	as_owner test -w "$dir" ||
	    die "$dir: user $(as_owner id -un) cannot write there; if another" \
	        "user made it, be that user or remove it, else choose a" \
	        "directory such as one in /var/tmp"
	[ ! -e "$dir/ready" ] || return 0
	rm -rf "$dir/data"
	as_owner "$bin/initdb" --pgdata="$dir/data" --username=postgres \
	    --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
	    >"$dir/initdb.log" 2>&1 ||
	    { cat "$dir/initdb.log" >&2; die "initdb failed"; }
	make_roles
	: >"$dir/ready"
}

run()
{
	[ -e "$dir/ready" ] || die "$dir: no cluster here; run cluster.sh init"
	set -- "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= \
	    -c max_connections=200 -c shared_buffers=64MB "$@"
	if [ "$(id -u)" -eq 0 ]; then
		exec setpriv --reuid=postgres --regid=postgres --init-groups \
		    --pdeathsig=keep -- "$@"
	fi
	exec "$@"
}

[ $# -ge 2 ] || die "usage: cluster.sh init DIR | run DIR [OPTION...]"
verb=$1
dir=$2
shift 2
check_dir "$dir"
bin=$(find_bin)
cd /			# user postgres may not be let into where we are
case $verb in
init)	init ;;
run)	run "$@" ;;
*)	die "$verb: not a command; there are init and run" ;;
esac
