#!/bin/sh
# lint.sh: checks the sources without running them. It prints nothing if it
# finds nothing; "make lint" calls it.
#
#   lint.sh [FILE.c...]     checks these; without names, all sources, scripts and
#                           man pages

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

# each COMMAND TOOL: runs COMMAND for every file on stdin ({}), two at a time.
# The output goes to a file of TOOL, so that the tools' outputs do not mix.
each()
{
	xargs -r -P2 -I'{}' sh -c "$1" lint '{}' >"$tmp/$2" 2>&1 ||
	    echo "$2" >>"$tmp/failed"
}

# clang-format checks how statements are indented, and their blanks and braces.
# It is not asked about tabs within lines, which it does not know as KNF has
# them (see .clang-format), nor about where a statement is broken, nor about
# macros of several lines.
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
