#!/bin/bash
# The load model of the scaling policy: what vidqc-aws(7) says of 1 and 5 clips a second and of
# a burst, and laws that any such model must keep.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

aws=$ROOT/pipelines/aws
number() {
	sed -n "s/^$1 //p" "$T/out"
}
# between NAME LOW HIGH
between() {
	is "$(jq -n --argjson x "$(number "$1")" "\$x >= $2 and \$x <= $3")" true "$1 $(number "$1"): $2 to $3"
}

exits 0 "$aws/simulate" --rate 1
is "$(number steady)" yes 'one clip a second: a steady state'
between clips 10400 11200
between 'done' 10400 11200
between max_tasks 6 10
between p95 8 60

exits 0 "$aws/simulate" --rate 5
is "$(number steady)" no 'five clips a second are more than ten tasks can do'
is "$(number max_tasks)" 10 'and the policy stops at ten'
between mean_tasks 9.5 10
# Ten tasks, each a clip in clip_seconds: what is done cannot be more.
between 'done' 18500 "$(jq '10 / .measured.clip_seconds * 3 * 3600 * 1.01' "$aws/scaling.json")"

# So many are busy all the time; one less is too few, and production has more.
busy=$(jq '5 * .measured.clip_seconds | ceil' "$aws/scaling.json")
production=$(sed -n 's/^max_tasks *= *//p' "$aws/production.tfvars")
exits 0 "$aws/simulate" --rate 5 --max-tasks $((busy - 1))
is "$(number steady)" no "five clips a second are more than $((busy - 1)) tasks can do"
exits 0 "$aws/simulate" --rate 5 --max-tasks "$production"
is "$(number steady)" yes "with production's limit of $production they are steady"
between max_tasks "$busy" "$production"
like "$(<"$ROOT/man/vidqc-aws.7")" "keep 5 .{4} 5.2 = $busy tasks busy" 'vidqc-aws(7): how many that are'

# Ten thousand clips a day: half a task's work, and a queue that is empty half of the time.
exits 0 "$aws/simulate" --rate 0.1157 --hours 24
between mean_tasks 0.6 3
between p99 10 60

exits 0 "$aws/simulate" --burst 1000
is "$(number 'done')" 1000 'a burst of 1,000 is drained'
is "$(number max_tasks)" 10 'by ten tasks at once'
# Not before ten tasks could have done it, and a scale-out later at most.
between drained_after 520 900
between idle_after 520 2400

# Nothing costs more than ten tasks the whole time, nothing less than its clips' own seconds.
exits 0 "$aws/simulate" --rate 0.2 --hours 2
between cost_usd "$(jq -n --slurpfile p "$aws/prices.json" --slurpfile s "$aws/scaling.json" \
	--argjson n "$(number 'done')" '$n * $s[0].measured.clip_seconds / 3600
	* (2 * $p[0].fargate_vcpu_hour + 4 * $p[0].fargate_gb_hour) * 0.9')" 2
ok 'p50 <= p95 <= p99' test "$(number p50)" -le "$(number p95)" -a "$(number p95)" -le "$(number p99)"

# The same seed, the same numbers; another, others.
cp "$T/out" "$T/first"
exits 0 "$aws/simulate" --rate 0.2 --hours 2
is "$(cat "$T/out")" "$(cat "$T/first")" 'repeatable'
exits 0 "$aws/simulate" --rate 0.2 --hours 2 --seed 2
ok 'another seed' test "$(cat "$T/out")" != "$(cat "$T/first")"

# The numbers are the policy's: another policy, another run.
mkdir "$T/aws"
cp "$aws"/simulate* "$aws"/*.json "$T/aws"
jq '.max_tasks = 3' "$aws/scaling.json" >"$T/aws/scaling.json"
exits 0 "$T/aws/simulate" --burst 100
is "$(number max_tasks)" 3 'the limit of scaling.json'
jq '.measured.start_seconds = 600' "$aws/scaling.json" >"$T/aws/scaling.json"
exits 0 "$T/aws/simulate" --burst 1
between p50 600 800

# ---- what the manual says is what these print ----
row() {
	local name=$1 growing=
	shift
	capture "$aws/simulate" "$@"
	if [ "$(number steady)" = no ]; then
		growing=' and growing'
	fi
	ok "vidqc-aws(7): $name" grep -qxF ".It $name Ta $(number peak_waiting)$growing Ta $(number p50) s Ta $(
		number p95
	) s Ta $(number p99) s Ta $(number cost_usd_per_1000)" "$ROOT/man/vidqc-aws.7"
}
row '1 clip/s' --rate 1
row '1.8 clips/s' --rate 1.8
row '5 clips/s' --rate 5
row '5 clips/s, at most 35 tasks' --rate 5 --max-tasks 35
row '1,000 at once' --burst 1000
row '1 clip' --burst 1
for n in 100 10,000 1,000,000; do
	exits 0 "$aws/costs" "${n//,/}"
	costs=$(jq -r 'def two: "\(. * 100 | round)" | (("00" + .) | .[-2:]) as $cents | "\(.[:-2] | if . == "" then "0" else . end).\($cents)";
		[.fargate, .nat, .api + .lambda, .dynamodb, .s3, .sqs + .logs + .watching + .images, .total]
		| map(two) | join(" Ta ")' "$T/out")
	ok "vidqc-aws(7): costs of $n clips a day" \
		grep -qxF ".It $n Ta $costs Ta $(jq .per_1000_clips "$T/out")" "$ROOT/man/vidqc-aws.7"
done
holds '(.total - (.fargate + .nat + .endpoints + .api + .lambda + .sqs + .dynamodb + .s3 + .logs + .watching + .images) | fabs) < 0.1' \
	'the total is the sum'
exits 64 "$aws/costs"
exits 64 "$aws/costs" 10k
exits 64 "$aws/costs" 100 3

exits 0 "$aws/simulate" --burst 20 --table
like "$(out)" $'^0 0 0 0 0\n|^0 20 0 0 0\n' 'a line a minute'
is "$(awk 'NF == 5 && $4 > 10' "$T/out")" '' 'never above the limit'
exits 0 "$aws/simulate" --help
for wrong in '--rate x' '--rate -1' '--burst 1e9' '--hours' '--what' 'clip.mp4' '--seed 1.23456'; do
	# shellcheck disable=SC2086 # words
	exits 64 "$aws/simulate" $wrong
done

done_testing
