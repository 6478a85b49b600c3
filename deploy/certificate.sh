#!/bin/sh
# certificate.sh: a TLS certificate for this machine alone, for the demo and
# the tests.
#
#   certificate.sh DIR [HOST...]
#
# DIR gets ca.pem (give it to clients), cert.pem and key.pem (give them to
# nginx). The certificate is valid for 127.0.0.1, localhost and each HOST, a
# name or an IPv4 address. An existing certificate is kept if it is valid for
# two more days and for the same hosts. The CA's key is deleted at once, so that
# nobody can sign anything else with it.

set -eu
umask 077

[ $# -ge 1 ] || { echo "usage: certificate.sh DIR [HOST...]" >&2; exit 2; }
dir=$1
shift

san=DNS:localhost,IP:127.0.0.1
for host do
	case $host in
	localhost | 127.0.0.1)	;;
	*[!0-9.]*)		san=$san,DNS:$host ;;
	*)			san=$san,IP:$host ;;
	esac
done

still_good()
{
	[ -s "$dir/key.pem" ] &&
	    [ "$(cat "$dir/hosts" 2>/dev/null)" = "$san" ] &&
	    openssl x509 -in "$dir/cert.pem" -noout -checkend 172800 \
	    >/dev/null 2>&1
}

# quiet COMMAND...: runs it; openssl is talkative on stderr, so its output is
# shown only if it fails.
quiet()
{
	"$@" >>"$dir/openssl.log" 2>&1 || {
		cat "$dir/openssl.log" >&2
		echo "certificate.sh: openssl failed: see above" >&2
		exit 1
	}
}

new_key()
{
	quiet openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$1"
}

mkdir -p "$dir"
! still_good || exit 0
: >"$dir/openssl.log"
cat >"$dir/openssl.cnf" <<EOT
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $san
EOT
new_key "$dir/ca.key"
quiet openssl req -x509 -new -key "$dir/ca.key" -days 30 \
    -subj "/CN=calendlyd demo and test CA" \
    -config "$dir/openssl.cnf" -extensions ca -out "$dir/ca.pem"
new_key "$dir/key.pem"
quiet openssl req -new -key "$dir/key.pem" -subj "/CN=localhost" \
    -config "$dir/openssl.cnf" -out "$dir/csr.pem"
quiet openssl x509 -req -in "$dir/csr.pem" -CA "$dir/ca.pem" \
    -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
    -extfile "$dir/openssl.cnf" -extensions server -out "$dir/cert.pem"
rm -f "$dir/ca.key" "$dir/csr.pem" "$dir/ca.srl" "$dir/openssl.cnf" \
    "$dir/openssl.log"
chmod 0644 "$dir/ca.pem" "$dir/cert.pem"
echo "$san" >"$dir/hosts"
