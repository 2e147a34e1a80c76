#!/bin/bash
# The workflows and the Dockerfile: of GitHub's own schema, of the static rules, their shell
# clean, and of the shape that a deployment must have.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

checkov=${VQ_CHECKOV:-$ROOT/build/venv-checkov/bin/checkov}
[ -x "$checkov" ] || skip_all 'no checkov (make check installs it, from PyPI)'
tools=${checkov%/*}
flows=$ROOT/.github/workflows

exits 0 "$tools/check-jsonschema" --builtin-schema vendor.github-workflows "$flows"/*.yml
# They alone: it would read all that was built as well.
mkdir "$T/tree"
cp -R "$ROOT/.github" "$T/tree"
exits 0 "$checkov" -d "$T/tree" --framework github_actions --skip-download --quiet --compact
like "$(out)" 'Passed checks: [1-9][0-9]+, Failed checks: 0' 'no rule of workflows is broken'
exits 0 "$checkov" -f "$ROOT/Dockerfile" --framework dockerfile --skip-download --quiet --compact
like "$(out)" 'Passed checks: [1-9][0-9]+, Failed checks: 0' 'nor of the Dockerfile'

# As JSON, for jq; YAML 1.1 reads "on" as true.
for f in "$flows"/*.yml; do
	"$tools/python3" -c 'import json, sys, yaml
print(json.dumps({str(k): v for k, v in yaml.safe_load(open(sys.argv[1])).items()}))' \
		"$f" >"$T/$(basename "$f" .yml).json"
done
for f in "$T"/*.json; do
	name=$(basename "$f" .json)
	is "$(jq -r '[.jobs[] | select(has("uses") | not) | has("timeout-minutes")] | all' "$f")" true \
		"$name: every job has a limit of time"
	is "$(jq -rc '.permissions | del(.["id-token"])' "$f")" '{"contents":"read"}' "$name: may read and no more"
	is "$(jq -r '[.. | objects | .run? // empty | select(test("\\$\\{\\{"))] | length' "$f")" 0 \
		"$name: no expression is put into shell text"
	# What runs, as one script.
	{
		echo '#!/bin/bash -e'
		jq -r '.. | objects | .run? // empty' "$f"
	} >"$T/$name.sh"
	exits 0 shellcheck -e SC2154 "$T/$name.sh"
done
# The first versions that run on Node 24: GitHub's machines have no Node 20 any more.
is "$(grep -ohE 'uses: [a-z]+[^ ]*@v[0-9]+' "$flows"/*.yml | sort -u | awk -F '[ @]' '
	BEGIN { first["actions/checkout"] = 5; first["actions/download-artifact"] = 7
		first["actions/upload-artifact"] = 6; first["hashicorp/setup-terraform"] = 4
		first["aws-actions/configure-aws-credentials"] = 6 }
	!($2 in first) || substr($3, 2) + 0 < first[$2]')" '' 'no action of a version that GitHub does not run'
is "$(grep -rlE 'secrets\.|AWS_SECRET|AWS_ACCESS_KEY' "$flows")" '' 'no key is stored with GitHub'

T_ci=$T/ci.json
is "$(jq -rc '.True | has("pull_request")' "$T_ci")" true 'ci: every pull request'
is "$(jq -rc '[.jobs.test.strategy.matrix.include[] | [.cc, .target]]' "$T_ci")" \
	'[["gcc","test"],["clang-14","test"],["gcc","asan"]]' 'ci: gcc, clang and the sanitizers'
is "$(jq -rc '.jobs.lint.steps | map(.run? // empty) | index("make lint") != null' "$T_ci")" true 'ci: lint'
is "$(jq -rc '.jobs.fuzz.steps | map(.run? // empty | select(startswith("make fuzz "))) | length' "$T_ci")" 1 'ci: the router is fuzzed'

is "$(jq -rc '[.True.push.branches, .jobs.staging.needs, .jobs.production.needs]' "$T/deploy.json")" \
	'[["main"],"build","staging"]' 'deploy: what is merged, staging first'
steps=$(jq -r '[.jobs.deploy.steps[].run? // empty | capture("deploy (?<c>[a-z]+) ").c] | join(" ")' \
	"$T/environment.json")
is "$steps" 'push scan plan deploy smoke rollback' 'environment: the steps in order'
is "$(jq -r '.jobs.deploy.environment' "$T/environment.json")" '${{ inputs.environment }}' \
	'environment: its approval is asked for'
is "$(jq -r '.jobs.deploy.steps[-1].if | startswith("failure()")' "$T/environment.json")" true \
	'environment: back to the one before when it fails'
# Every command that the workflows give to deploy is one that it knows.
for command in $steps; do
	exits 64 bash "$ROOT/pipelines/aws/deploy" "$command" nowhere
	like "$(err)" "'nowhere': staging or production" "deploy knows $command"
done
for target in image deps-lint lint test asan fuzz; do
	ok "make $target is there" grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" "$ROOT/Makefile"
done

done_testing
