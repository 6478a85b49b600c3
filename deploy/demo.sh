#!/bin/sh
# demo.sh: starts calendlyd on this machine, with a sandbox that plays Calendly,
# and shows the main job.

set -eu

usage()
{
	cat <<-'EOT'
	usage: sh deploy/demo.sh [--once | --down | --help]

	Installs what is missing (Debian 12, as root or with sudo), builds
	calendlyd and starts it behind nginx, with a sandbox that plays
	Calendly and a private PostgreSQL. Then shows the main job, one line
	for each step, and leaves everything running for you to look at.

	  --once   stops everything after the main job; the exit status is 0
	           if every step succeeded
	  --down   stops what an earlier run left running
	  --help   prints this text

	DEMO_PORT (8443) and the three ports after it, on DEMO_BIND (127.0.0.1),
	are used. No system service is started or changed; all files are in var/.
	EOT
}

top=$(cd "$(dirname "$0")/.." && pwd -P)
# shellcheck source=deploy/lib.sh
. "$top/deploy/lib.sh"
state=$var/demo
# shellcheck source=deploy/services.sh
. "$top/deploy/services.sh"

BIND=${DEMO_BIND:-127.0.0.1}
PORT=${DEMO_PORT:-8443}
case $BIND in
0.0.0.0)	HOST=127.0.0.1 ;;
*)		HOST=$BIND ;;
esac
DATABASE=calendlyd_demo

down()
{
	service_stop hostapp
	service_stop nginx
	service_stop calendlyd
	service_stop sandbox
	service_stop postgres INT
}

check_ports()
{
	case $PORT in
	'' | *[!0-9]*)	die "DEMO_PORT is \"$PORT\": give a number" ;;
	esac
	if [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65532 ]; then
		die "DEMO_PORT is $PORT: give a number from 1 to 65532"
	fi
	BACKEND=https://$HOST:$PORT
	HTTP_PORT=$((PORT + 1))
	SANDBOX_PORT=$((PORT + 2))
	APP_PORT=$((PORT + 3))
	SANDBOX=http://127.0.0.1:$SANDBOX_PORT
	APP=http://$HOST:$APP_PORT
	must_be_free "$BIND" "$PORT" "calendlyd behind nginx"
	must_be_free "$BIND" "$HTTP_PORT" "the redirect to https"
	must_be_free 127.0.0.1 "$SANDBOX_PORT" "the sandbox"
	must_be_free "$BIND" "$APP_PORT" "the host app"
}

sql()
{
	psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d postgres "$@"
}

start_database()
{
	sh "$top/deploy/cluster.sh" init "$pg"
	service_start postgres sh "$top/deploy/cluster.sh" run "$pg"
	service_await postgres 30 pg_isready -q -h "$pg"
	sql -c "DROP DATABASE IF EXISTS $DATABASE" \
	    -c "CREATE DATABASE $DATABASE OWNER calendlyd_admin"
}

# The host app is pushed to at an address that is not public.
addresses()
{
	getent ahosts "$1" | cut -d ' ' -f 1 | sort -u | tr '\n' ' '
}

# Each run makes new keys and secrets, because nothing of a demo is worth
# keeping.
configure()
{
	umask 077
	signing_key=$(openssl rand -hex 24)
	echo "$signing_key" >"$state/signing-key"
	cat >"$state/calendlyd.conf" <<-EOT
	CALENDLY_OAUTH_CLIENT_ID=demo-client
	CALENDLY_OAUTH_CLIENT_SECRET=$(openssl rand -hex 24)
	CALENDLY_WEBHOOK_SIGNING_KEY=$signing_key
	CALENDLY_AUTH_URL=$SANDBOX
	CALENDLY_API_URL=$SANDBOX
	BACKEND_URL=$BACKEND
	DATABASE_URL=postgresql:///$DATABASE?host=$pg&user=calendlyd
	DATABASE_ADMIN_URL=postgresql:///$DATABASE?host=$pg&user=calendlyd_admin
	CALENDLYD_KEYRING_FILE=$state/keyring
	CALENDLYD_APP_SOCKET=$run/app.sock
	CALENDLYD_INGEST_SOCKET=$run/ingest.sock
	CALENDLYD_APP_WORKERS=4
	CALENDLYD_INGEST_WORKERS=2
	CALENDLYD_RUNNERS=1
	CALENDLYD_DELIVER_ALLOW=$(addresses "$HOST")
	EOT
	rm -f "$state/keyring"
}

setting()
{
	sed -n "s/^$1=//p" "$state/calendlyd.conf"
}

ctl()
{
	"$top/build/calendlyctl" -c "$state/calendlyd.conf" "$@"
}

make_schema()
{
	configure
	ctl keyring new
	ctl migrate --dir "$top/migrations"
	ctl tenant add demo --origin "$APP"
	(umask 077; ctl key add demo >"$state/api-key")
}

start_sandbox()
{
	SANDBOX_CLIENT_SECRET=$(setting CALENDLY_OAUTH_CLIENT_SECRET) \
	SANDBOX_SIGNING_KEY=$(setting CALENDLY_WEBHOOK_SIGNING_KEY) \
	    service_start sandbox perl "$top/t/sandbox/calendly-sandbox" \
	    --listen "$SANDBOX" --client-id demo-client \
	    --redirect-uri "$BACKEND/oauth/calendly/callback" \
	    --ca "$state/tls/ca.pem"
	service_await sandbox 30 grep -q '^listening on' \
	    "$state/log/sandbox.log"
}

start_nginx()
{
	sh "$top/deploy/nginx-conf.sh" "$state/nginx" \
	    SERVER_NAME="$HOST localhost" BACKEND_URL="$BACKEND" \
	    LISTEN_HTTP="$BIND:$HTTP_PORT" LISTEN_HTTPS="$BIND:$PORT" \
	    CERT="$state/tls/cert.pem" KEY="$state/tls/key.pem" \
	    APP_SOCKET="$run/app.sock" INGEST_SOCKET="$run/ingest.sock" \
	    PAGES="$top/deploy/pages" LOG_DIR="$state/log"
	service_start nginx nginx -p "$state/nginx" \
	    -c "$state/nginx/nginx.conf" -e "$state/log/nginx-error.log"
	service_await nginx 10 listens "$HOST" "$PORT"
}

ready()
{
	curl -fsS --noproxy '*' --cacert "$state/tls/ca.pem" "$BACKEND/readyz"
}

start_calendlyd()
{
	service_start calendlyd "$top/build/calendlyd" \
	    -c "$state/calendlyd.conf"
	start_nginx
	service_await calendlyd 30 ready
}

start_app()
{
	service_start hostapp perl "$top/deploy/hostapp/hostapp" \
	    --listen "http://$BIND:$APP_PORT" --api "$BACKEND" \
	    --api-key-file "$state/api-key" --ca "$state/tls/ca.pem" \
	    --sandbox "$SANDBOX" --push-to "$APP"
	service_await hostapp 30 listens "$HOST" "$APP_PORT"
}

start_all()
{
	mkdir -p "$state/log"
	pg=$(private_dir "$var/pg" postgres)
	run=$(private_dir "$state/run")
	step "a private PostgreSQL runs" start_database
	step "schema, keys and a first tenant are there" make_schema
	sh "$top/deploy/certificate.sh" "$state/tls" "$HOST"
	step "the sandbox plays Calendly" start_sandbox
	step "calendlyd runs behind nginx, and is ready" start_calendlyd
	step "the host app runs, and awaits pushes" start_app
}

tell_story()
{
	perl "$top/deploy/demo-story.pl" --backend "$BACKEND" \
	    --sandbox "$SANDBOX" --app "$APP" --ca "$state/tls/ca.pem" \
	    --key-file "$state/api-key" \
	    --signing-key-file "$state/signing-key" \
	    --database "dbname=$DATABASE;host=$pg" ||
	    die "a step failed; read $state/log/calendlyd.log, and if it" \
	        "is about Calendly's side $state/log/sandbox.log"
}

control()
{
	curl -fsS --noproxy '*' -H 'Content-Type: application/json' \
	    -d "$2" "$SANDBOX/sandbox/$1" >/dev/null
}

# Marco has many meetings, and Calendly shows them slowly, as it does, so that
# one can watch them being read.
fill_calendar()
{
	control history '{"person": "marco", "past": 300, "ahead": 40,
	    "days_back": 80}'
	control faults '{"kind": "latency", "value": 300, "match":
	    {"person": "marco", "path": "/scheduled_events*"}}'
}

invite()
{
	cat <<-EOT

	All steps held, and everything is still up. Open

	  $APP          a host app: connect, book, see it pushed
	                  (as Marco, who has 340 meetings, and see them read)
	  $SANDBOX/sandbox  Calendly's side: book, cancel, break things
	  $BACKEND        calendlyd itself (certificate: $state/tls/ca.pem)

	API key: $state/api-key      logs: $state/log
	Stop:    sh deploy/demo.sh --down
	EOT
}

once=no
case ${1:-} in
--once)		once=yes ;;
--down)		down; say "the demo is stopped"; exit 0 ;;
-h | --help)	usage; exit 0 ;;
'')		;;
*)		usage >&2; exit 2 ;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }

install run build demo
build "built calendlyd and calendlyctl" programs
down
check_ports
trap down EXIT
trap 'exit 130' INT TERM HUP
start_all
tell_story
[ $once = no ] || exit 0
step "Marco has 340 meetings" fill_calendar
trap - EXIT
invite
