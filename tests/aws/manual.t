#!/bin/bash
# vidqc-aws(7), as an operator follows it: what it says to type parses, and what it names is
# there.
# names are words
# shellcheck disable=SC2013
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

page=$ROOT/man/vidqc-aws.7
aws=$ROOT/pipelines/aws

# The displays and the inline words of the page, as a shell sees them.
plain() {
	sed 's/\\e$/\\/; s/\\(dq/"/g; s/\\-/-/g; s/\\&//g'
}
awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0; print "" } on' "$page" | plain >"$T/displays"
# The first display is a drawing.
sed -i '1,/^$/d' "$T/displays"
sed -n 's/^\.\(Li\|Cm\|Ic\|Nm\) //p' "$page" | sed 's/ [.,;:)]*$//; s/^(//' | plain >"$T/words"

{
	echo '# shellcheck disable=SC2034,SC2046,SC2086'
	cat "$T/displays"
} >"$T/runbook.sh"
ok 'there are commands' test "$(grep -c '^aws ' "$T/runbook.sh")" -ge 8
exits 0 shellcheck -s bash "$T/runbook.sh"
grep -E '^(aws|make|export|pipelines/aws/[a-z]+|deploy|terraform|docker) ' "$T/words" >"$T/inline"
ok 'and in the text' test "$(wc -l <"$T/inline")" -ge 10
exits 0 bash -n "$T/inline"

# Each command in a line of its own, and what is inside of another as well.
sed ':a; /\\$/ { N; s/\\\n//; ba }' "$T/displays" "$T/inline" | sed 's/[$](/\n/g; s/ | /\n/g; s/)$//' >"$T/commands"

# commands PROGRAM: what follows it, a line a use.
commands() {
	sed -nE "s,^([A-Z]+=)?$1 ,,p" "$T/commands"
}

# ---- deploy and make ----
known=$(sed -n 's/^  \([a-z]*\) ENV.*/\1/p' "$aws/deploy" | sort)
for command in $(sed -nE 's,^(pipelines/aws/)?deploy ([a-z]+).*,\2,p' "$T/commands" | sort -u) $(
	commands make | awk '/ENV/ { print $1 }' | sort -u
); do
	ok "deploy knows $command" grep -qx "$command" <<<"$known"
done
for target in $(commands make | grep -oE '^[a-z]+' | sort -u); do
	ok "make $target is there" grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" "$ROOT/Makefile"
done
while read -r path; do
	like "$(compgen -G "$ROOT/$path")" . "$path is there"
done < <(
	sed -n 's/^\.\(It \)*Pa //p' "$page" | grep / | sed 's/ .*//'
	sed -n 's/^\.Pa \([a-z.]*\) .*/pipelines\/aws\/\1/p' "$page"
)

# ---- Terraform's names ----
for name in $(grep -oE 'TF_VAR_[a-z_]+' "$page" | sort -u); do
	ok "$name is a variable" grep -qx "variable \"${name#TF_VAR_}\" {" "$aws/variables.tf"
done
for name in vpc_cidr router_concurrency api_rate api_daily_quota monthly_budget_usd upload_origins auth \
	model_key model_sha256 max_tasks; do
	like "$(<"$page")" "(^|[^a-z_])$name" "$name is on the page"
	ok "$name is a variable" grep -qx "variable \"$name\" {" "$aws/variables.tf"
done
is "$(jq 'has("min_tasks")' "$aws/scaling.json")" true 'min_tasks is in scaling.json'
ok 'deploy_role is an output' grep -qx 'output "deploy_role" {' "$aws/outputs.tf"
# Each alarm that is sent to somebody, and none that is not.
alarms=$(sed -n '/^  plain_alarms = {/,/^  }/s/^    \([a-z-]*\) = {/\1/p; s/.*alarm_name *= "${local.name}-\([a-z-]*\)"/\1/p' \
	"$aws/observe.tf" | sort)
named=$(awk '/^\.(Ss|Li)/ || /^Alarm/' "$page" | sed 's/^\.[A-Z][a-z] //' | sed 's/ [.,:;]*$//' | sort -u)
for name in $(grep -A 1 '^Alarm$' "$page" | sed -n 's/^\.Li \([a-z-]*\).*/\1/p'); do
	ok "$name is an alarm" grep -qx -- "$name" <<<"$alarms"
done
for name in $alarms; do
	case $name in
	latency | error-rate) name="$(sed 's/latency/Latency alarm/; s/error-rate/Error alarm/' <<<"$name")" ;;
	esac
	ok "the runbook has $name" grep -qx -- "$name" <<<"$named"
done
# Log groups, roles' policies and names of queues, table, buckets and function.
for name in /ecs/vidqc-worker /lambda/vidqc-router; do
	ok "$name is a log group" grep -qE "name += \"$name\"" "$aws/observe.tf"
done
# shellcheck disable=SC2016 # Terraform's
for name in 'vidqc-jobs-${var.environment}"' 'vidqc-jobs-${var.environment}-dlq"' 'vidqc-results-${var.environment}"' \
	'vidqc-clips-${var.environment}${' 'vidqc-models-${var.environment}${' 'vidqc-router-${var.environment}"' \
	'vidqc-${local.everywhere}"'; do
	ok "$name is a name" grep -qF -- "\"$name" "$aws"/*.tf
done
# What the workflow asks GitHub for, the page says to set.
for name in $(grep -ohE 'vars\.[A-Za-z_]+' "$ROOT"/.github/workflows/*.yml | sed 's/vars\.//' | sort -u); do
	ok "the page says to set $name" grep -qE "^\.Ev $name( |$)" "$page"
done

# ---- the AWS CLI: commands and options that there are ----
# bash itself reads what is to be typed, with programs that do nothing but write down what
# they were told.
mkdir "$T/bin" "$T/typed"
cat >"$T/bin/aws" <<'S'
#!/bin/bash
printf '%s\0' "$#" "$@" >>"$CALLS"
S
chmod +x "$T/bin/aws"
ln -s "$(type -P true)" "$T/bin/docker"
ln -s "$(type -P cat)" "$T/bin/less"
grep '^aws ' "$T/inline" >>"$T/runbook.sh"
exits 0 env -C "$T/typed" PATH="$T/bin:$PATH" CALLS="$T/calls" bash -eu "$T/runbook.sh"

python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
if "$python" -c 'import awscli' 2>/dev/null; then
	exits 0 "$python" - "$T/calls" <<'P'
import sys
import botocore.session
from botocore import xform_name

OF_ALL = {"query", "output", "cli-binary-format", "include-value"}
session = botocore.session.get_session()
told = open(sys.argv[1]).read().split("\0")
while len(told) > 1:
    end = 1 + int(told[0])
    words, told = told[1:end], told[end:]
    print(*words[:2])
    if words[0] == "s3":
        continue
    model = session.get_service_model(words[0])
    operation = {xform_name(n, "-"): n for n in model.operation_names}[words[1]]
    shape = model.operation_model(operation).input_shape
    options = {w.removeprefix("--") for w in words if w.startswith("--")}
    unknown = options - OF_ALL - {xform_name(m, "-") for m in shape.members}
    missing = {xform_name(m, "-") for m in shape.required_members} - options
    assert not unknown and not missing, (words, unknown, missing)
P
	is "$(wc -l <"$T/out")" "$(grep -oE '(^|[(])aws [a-z]' "$T/runbook.sh" | wc -l)" 'all commands of AWS'
else
	skip 'no awscli for Python (make check installs it, from PyPI)'
fi

done_testing
