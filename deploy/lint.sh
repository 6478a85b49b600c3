#!/bin/sh
# lint.sh: everything that can be said about the sources without running them.
# Silent when there is nothing to say; "make lint" calls it.
#
#   lint.sh [FILE.c...]     only these; without, all sources, scripts and pages

set -u

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

INCLUDES="-I. -isystem /usr/include/postgresql -D_GNU_SOURCE"

need()
{
	for tool do
		command -v "$tool" >/dev/null 2>&1 || {
			echo "lint.sh: $tool is not installed; as root:" \
			    "apt-get install $(sed -n '/^\[lint\]/,/^\[/p' \
			    deploy/packages.txt | grep -v '^\[' | tr '\n' ' ')"
			exit 1
		}
	done
}

# each COMMAND...: once for every file on stdin ({}), two at a time; what they
# say is kept apart so that it does not mix.
each()
{
	xargs -r -P2 -I'{}' sh -c "$1" lint '{}' >"$tmp/$2" 2>&1 ||
	    echo "$2" >>"$tmp/failed"
}

# clang-format's opinion counts on how statements are indented and what blanks
# and braces are in them. KNF's tabs inside lines are no concern of it (see
# .clang-format), nor is where a statement is broken, nor macros of several
# lines.
cat >"$tmp/format.sh" <<'EOT'
fold()
{
	sed 's/\([^[:blank:]]\)[[:blank:]]\{1,\}/\1 /g' "$@"
}
unbreak()
{
	awk '
	macro || /^#.*\\$/ { macro = /\\$/; next }
	/^\t* +[^ \t*]/ || was ~ /([,(=?"]|= [{]|&&|[|][|]| :)$/ {
		sub(/^[ \t]+/, "")
		was = was (was ~ /[(]$/ ? "" : " ") $0
		next
	}
	{ if (seen++) print was; was = $0 }
	END { print was }'
}
said=$(mktemp)
fold "$1" | unbreak >"$said.is"
fold "$1" | clang-format --assume-filename="$1" | fold | unbreak >"$said.want"
diff -U0 --label "$1" --label "$1, in our format" "$said.is" "$said.want"
status=$?
rm -f "$said" "$said.is" "$said.want"
expand "$1" | awk -v file="$1" 'length > 80 {
	print file ":" NR ": " length " columns, 80 at most"; bad = 1
} END { exit bad }' || status=1
if grep -n '[[:blank:]]$' "$1" | sed "s|^|$1:|; s|\$|<- blanks|" | grep .
then
	status=1
fi
exit $status
EOT

sources()
{
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@"
	else
		find app lib t -name '*.c' | sort
	fi
}

lint_c()
{
	sources "$@" | each "gcc -std=c11 -O2 -Wall -Wextra -fanalyzer \
	    $INCLUDES -c -o /dev/null \"\$1\" -Werror" gcc-fanalyzer
	sources "$@" | each "clang-tidy --quiet --warnings-as-errors='*' \
	    \"\$1\" -- -std=c11 $INCLUDES 2>&1 |
	    { ! grep -v -e 's\? .*generated\.\$' -e '^Suppressed' \
	    -e '^Use -header-filter'; }" clang-tidy
	sources "$@" | each "sh $tmp/format.sh \"\$1\"" clang-format
	# cppcheck 2.10 does not see _Noreturn on a prototype.
	# shellcheck disable=SC2046 # our names hold no blanks
	cppcheck --quiet --std=c11 --enable=warning,portability,performance \
	    --inline-suppr --error-exitcode=1 -j2 -I. -D_GNU_SOURCE \
	    -D_Noreturn='__attribute__((noreturn))' \
	    --suppress=missingIncludeSystem $(sources "$@") \
	    >"$tmp/cppcheck" 2>&1 || echo cppcheck >>"$tmp/failed"
}

lint_rest()
{
	{ find deploy t -name '*.sh'; echo .ci/run; } |
	    each "shellcheck -x \"\$1\"" shellcheck
	find docs -name '*.[1-9]' 2>/dev/null |
	    each "! mandoc -Tlint -Wwarning \"\$1\" | grep ." mandoc
}

need gcc clang-tidy clang-format cppcheck shellcheck mandoc
lint_c "$@"
[ $# -gt 0 ] || lint_rest
[ -e "$tmp/failed" ] || exit 0
sort -u "$tmp/failed" | while read -r tool; do
	printf '== %s\n' "$tool"
	cat "$tmp/$tool"
done
exit 1
