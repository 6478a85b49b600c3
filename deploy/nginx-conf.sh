#!/bin/sh
# nginx-conf.sh: fills in nginx.conf.example and writes an nginx.conf around it,
# for the demo and the tests. They use the file that is shipped, so that a fault
# in it is found.
#
#   nginx-conf.sh DIR NAME=VALUE...
#
# Writes DIR/site.conf (the example with every @NAME@ replaced) and
# DIR/nginx.conf, to be run with: nginx -p DIR -c DIR/nginx.conf -e
# DIR/error.log

set -eu

die()
{
	echo "nginx-conf.sh: $*" >&2
	exit 1
}

[ $# -ge 1 ] || die "usage: nginx-conf.sh DIR NAME=VALUE..."
example=$(cd "$(dirname "$0")/.." && pwd)/nginx.conf.example
dir=$1
shift
mkdir -p "$dir/tmp"

# Comments are not replaced, because they explain the names.
: >"$dir/fill.sed"
for pair do
	value=$(printf '%s' "${pair#*=}" | sed 's/[\\&|]/\\&/g')
	printf '/^[[:space:]]*#/!s|@%s@|%s|g\n' "${pair%%=*}" "$value" \
	    >>"$dir/fill.sed"
done
sed -f "$dir/fill.sed" "$example" >"$dir/site.conf"
rm -f "$dir/fill.sed"
left=$(sed '/^[[:space:]]*#/d' "$dir/site.conf" |
    grep -o '@[A-Z][A-Z0-9_]*@' | sort -u | tr '\n' ' ')
[ -z "$left" ] || die "$example has places nobody filled in: $left"

# Started by root, nginx would run its workers as nobody, who cannot reach
# the sockets in a private directory.
user=
[ "$(id -u)" -ne 0 ] || user="user root;"
cat >"$dir/nginx.conf" <<EOT
$user
daemon off;
worker_processes 2;
pid $dir/nginx.pid;
error_log $dir/error.log notice;
events {
	worker_connections 2048;
}
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path $dir/tmp/body;
	fastcgi_temp_path $dir/tmp/fastcgi;
	proxy_temp_path $dir/tmp/proxy;
	scgi_temp_path $dir/tmp/scgi;
	uwsgi_temp_path $dir/tmp/uwsgi;
	include $dir/site.conf;
}
EOT
