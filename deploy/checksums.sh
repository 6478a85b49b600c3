#!/bin/sh
# checksums.sh: write migrations/checksums anew, after a file there changed.
#
#   checksums.sh [DIRECTORY]    print those of another directory's files

set -eu
export LC_ALL=C

top=$(cd "$(dirname "$0")/.." && pwd -P)
dir=${1:-$top/migrations}
new=$(mktemp)
trap 'rm -f "$new"' EXIT
trap 'exit 130' INT TERM HUP

cd "$dir"
cat >"$new" <<'EOT'
/*
 * checksums: SHA-256 of each file of migrations, in the order in which they
 * are applied.  Programs are built with this, and refuse other files.
 *
 * After a change, "sh deploy/checksums.sh" writes it anew.  But a numbered
 * file of a tagged release may not change any more: what is to be different is
 * a new file with the next number.
 */
EOT
sha256sum [0-9]*.sql functions/*.sql |
    sed 's/^\([0-9a-f]*\)  \(.*\)$/SCHEMA_FILE("\2",\n    "\1")/' >>"$new"
sum=$(grep -v '^[ /]\*' "$new" | sha256sum | cut -c1-12)
cat >>"$new" <<EOT
/* Of all of this: names a schema where a short name is wanted. */
SCHEMA_ALL("$sum")
EOT
if [ $# -gt 0 ]; then
	cat "$new"
else
	cp "$new" checksums
fi
