#!/bin/bash
# The Terraform of pipelines/aws: formatted, valid, its numbers (with a mocked provider), the
# static rules of security, what a real apply leaves behind on an emulator of AWS, told by the
# AWS CLI, and a job from end to end through it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/cloud.sh
. "$ROOT/tests/aws/cloud.sh"

command -v terraform >/dev/null || skip_all 'no terraform in PATH; Debian has no package of it'
"$python" -c 'import moto, flask' 2>/dev/null || skip_all 'no moto in build/venv (PyPI)'

export VQ_TEST_TIMEOUT=${VQ_TEST_TIMEOUT:-400}
sha=0123456789abcdef0123456789abcdef01234567

# What the emulator cannot hold, each with the reason.  The mocked tests look at them.
cannot=(
	# It knows no RedriveAllowPolicy of a queue, and Terraform waits until it is read back.
	'queue.tf aws_sqs_queue_redrive_allow_policy dead'
)

# without FILE TYPE NAME: that resource is left out of FILE.
without() {
	local text

	grep -qxF "resource \"$2\" \"$3\" {" "$1" || return 1
	text=$(awk -v head="resource \"$2\" \"$3\" {" \
		'$0 == head { skip = 1 } !skip; skip && /^}/ { skip = 0 }' "$1")
	printf '%s\n' "$text" >"$1"
}

# put_image SHA: an image as docker push would leave it.
put_image() {
	aws_ ecr put-image --repository-name vidqc-staging --image-tag "$1" --image-manifest "$(
		jq -nc --arg sha "$1" '{schemaVersion: 2,
			mediaType: "application/vnd.docker.distribution.manifest.v2+json",
			config: {mediaType: "application/vnd.docker.container.image.v1+json", size: 1,
				digest: "sha256:\($sha)"}, layers: []}'
	)" >/dev/null
}

# No engine runs here: docker is what says yes, notes what it is asked, and leaves in the
# registry what a push would.
mkdir "$T/docker"
cat >"$T/docker/docker" <<'S'
#!/bin/bash
printf '%s\n' "$*" >>"$T/docker.log"
case $1 in
login) cat >/dev/null ;;
push) put_image "${3##*:}" ;;
esac
S
chmod +x "$T/docker/docker"
export -f put_image aws_
export T PATH="$T/docker:$PATH"

# deploy COMMAND...: the script, on the emulator.
deploy() {
	VQ_ROLLOUT_PAUSE=1 VQ_ROLLOUT_TRIES=5 AWS_ENDPOINT_URL=$emulator_url "$T/apply/deploy" "$@"
}

# The whole way from an empty account; it waits more than it works, so that it runs while the
# rest is tested.
apply() {
	local what

	terraform_copy "$T/apply"
	for what in "${cannot[@]}"; do
		# shellcheck disable=SC2086 # three words
		(cd "$T/apply" && without $what) || return
	done
	# Buckets by path, for there is no name of a bucket's own here.
	printf 'provider "aws" {\n  s3_use_path_style = true\n}\n' >"$T/apply/test_override.tf"
	deploy bootstrap staging "$sha" && deploy push staging vidqc:mine "$sha" && deploy deploy staging "$sha"
}

ok 'an emulator of AWS' emulator_start || exit
export emulator_url
export TF_VAR_github_repository=example/vidqc TF_VAR_alarm_email=ops@example.org
apply >"$T/apply.log" 2>&1 &
applying=$!

# ---- without AWS ----
exits 0 terraform -chdir="$ROOT/pipelines/aws" fmt -check -recursive -diff
terraform_copy "$T/dry"
exits 0 terraform -chdir="$T/dry" init -no-color -backend=false ${TF_PLUGIN_DIR:+"-plugin-dir=$TF_PLUGIN_DIR"}
exits 0 terraform -chdir="$T/dry" validate -no-color
exits 0 terraform -chdir="$T/dry" test -no-color
like "$(out)" 'Success! [0-9]+ passed, 0 failed' 'all numbers'

for env in staging production; do
	is "$(sed -n 's/^environment *= *"\(.*\)"$/\1/p' "$ROOT/pipelines/aws/$env.tfvars")" "$env" \
		"$env.tfvars is of its environment"
done

# checkov asks its maker for settings unless it is told not to; a line of a skip must give a reason.
checkov=${VQ_CHECKOV:-$ROOT/build/venv-checkov/bin/checkov}
if [ -x "$checkov" ]; then
	exits 0 "$checkov" -d "$T/dry" --framework terraform --skip-download --quiet --compact \
		--skip-path tests --var-file "$T/dry/production.tfvars"
	like "$(out)" 'Passed checks: [1-9][0-9]{2}, Failed checks: 0' 'checkov looked at it'
	unlike "$(out)" 'Parsing errors' 'at all of it'
else
	skip 'no checkov (make check installs it, from PyPI)'
fi
is "$(grep -rn 'checkov:skip' "$ROOT/pipelines/aws" |
	grep -vE '#checkov:skip=CKV2?_AWS_[0-9]+:.{15,}\.$')" '' 'every exception says why'

# ---- created, and what it is ----
wait "$applying"
is "$?" 0 'terraform apply' || diag "$(
	grep -A 8 '^Error' "$T/apply.log"
)"

# in_apply COMMAND...: with the state of what was created.
in_apply() {
	(cd "$T/apply" && TF_DATA_DIR=$T/apply/.terraform-staging AWS_ENDPOINT_URL=$emulator_url "$@")
}

declare -A made
while IFS=$'\t' read -r key value; do
	made[$key]=$value
done < <(in_apply terraform output -json |
	jq -r 'to_entries[] | [.key, .value.value] | @tsv')
queue=${made[queue_url]:-none}
dead=${made[dead_letter_url]:-none}

attribute 'clips: nothing public' '[true,true,true,true]' '.PublicAccessBlockConfiguration | [.[]]' \
	s3api get-public-access-block --bucket vidqc-clips-staging
attribute 'models: nothing public' '[true,true,true,true]' '.PublicAccessBlockConfiguration | [.[]]' \
	s3api get-public-access-block --bucket vidqc-models-staging
attribute 'clips: encrypted' AES256 \
	'.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm' \
	s3api get-bucket-encryption --bucket vidqc-clips-staging
attribute 'clips: gone after 30 days, unfinished uploads after one' '[30,1,"Enabled"]' \
	'.Rules[0] | [.Expiration.Days, .AbortIncompleteMultipartUpload.DaysAfterInitiation, .Status]' \
	s3api get-bucket-lifecycle-configuration --bucket vidqc-clips-staging
attribute 'clips: TLS only' '["Deny","s3:*","false"]' \
	'.Policy | fromjson | .Statement[0] | [.Effect, .Action, .Condition.Bool["aws:SecureTransport"]]' \
	s3api get-bucket-policy --bucket vidqc-clips-staging
attribute 'models: versioned' Enabled .Status \
	s3api get-bucket-versioning --bucket vidqc-models-staging
attribute 'clips: pages may upload' '["PUT"]' '.CORSRules[0].AllowedMethods' \
	s3api get-bucket-cors --bucket vidqc-clips-staging
attribute 'clips: an upload calls the router' '["s3:ObjectCreated:*","uploads/"]' \
	'.LambdaFunctionConfigurations[0] | [.Events[0], .Filter.Key.FilterRules[0].Value]' \
	s3api get-bucket-notification-configuration --bucket vidqc-clips-staging

attribute 'jobs: visible again after 120 s, long poll, dead after 3' '["120","20",3,"vidqc-jobs-staging-dlq"]' \
	'.Attributes | [.VisibilityTimeout, .ReceiveMessageWaitTimeSeconds,
		(.RedrivePolicy | fromjson | .maxReceiveCount, (.deadLetterTargetArn | split(":")[-1]))]' \
	sqs get-queue-attributes --queue-url "$queue" --attribute-names All
attribute 'jobs: TLS only' '["Deny","sqs:*"]' \
	'.Attributes.Policy | fromjson | .Statement[0] | [.Effect, .Action]' \
	sqs get-queue-attributes --queue-url "$queue" --attribute-names All
attribute 'dead letters: 14 days' 1209600 .Attributes.MessageRetentionPeriod \
	sqs get-queue-attributes --queue-url "$dead" --attribute-names All

attribute 'results: key, on demand' '[["job_id","HASH"],"PAY_PER_REQUEST"]' \
	'.Table | [[.KeySchema[0] | .AttributeName, .KeyType], .BillingModeSummary.BillingMode]' \
	dynamodb describe-table --table-name vidqc-results-staging
attribute 'results: expire' '["expires_at","ENABLED"]' \
	'.TimeToLiveDescription | [.AttributeName, .TimeToLiveStatus]' \
	dynamodb describe-time-to-live --table-name vidqc-results-staging
attribute 'results: can be taken back to any second' ENABLED \
	'.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus' \
	dynamodb describe-continuous-backups --table-name vidqc-results-staging

attribute 'images: immutable tags, scanned' '["IMMUTABLE",true]' \
	'.repositories[0] | [.imageTagMutability, .imageScanningConfiguration.scanOnPush]' \
	ecr describe-repositories --repository-names vidqc-staging
attribute 'images: the last 30' 30 '.lifecyclePolicyText | fromjson | .rules[0].selection.countNumber' \
	ecr get-lifecycle-policy --repository-name vidqc-staging

aws_ ecs describe-task-definition --task-definition vidqc-worker-staging >"$T/out" 2>"$T/err"
holds '.taskDefinition | .cpu == "2048" and .memory == "4096" and .networkMode == "awsvpc"' \
	'worker: 2 vCPU, 4 GB'
holds '.taskDefinition.containerDefinitions[0] | .readonlyRootFilesystem and .user == "10001:10001"
	and .linuxParameters.capabilities.drop == ["ALL"] and (.healthCheck.command | length) > 1' \
	'worker: read-only root, no root user, no capability, health check'
holds ".taskDefinition.containerDefinitions[0].image | endswith(\"/vidqc-staging:$sha\")" \
	'worker: the image of this commit'
mapfile -t for_worker < <(jq -r '.taskDefinition.containerDefinitions[0].environment[] | "\(.name)=\(.value)"' "$T/out")
aws_ lambda get-function-configuration --function-name vidqc-router-staging >"$T/out"
mapfile -t for_router < <(jq -r '.Environment.Variables | to_entries[] | "\(.key)=\(.value)"' "$T/out")
for given in "${for_worker[*]}" "${for_router[*]}"; do
	like " $given " " VIDQC_QUEUE_URL=$queue " 'the created queue'
done

# names PAGE: the variables of ours that a manual page has.
names() {
	sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh FILES\|^\.Sh EXIT/p' "$ROOT/man/$1.1" | grep -oE 'VIDQC_[A-Z0-9_]+' | sort -u
}
# Terraform tells each program all that its page names, and no more: but for other endpoints
# than AWS's own, and for a model that is not the image's (as secrets, in the mocked tests).
untold='^VIDQC_(ENDPOINT_|MODEL$|MODEL_SHA256$)'
is "$(printf '%s\n' "${for_worker[@]%%=*}" | sort)" "$(names vidqc-worker | grep -vE "$untold" | sed '1i AWS_REGION')" \
	"worker: is told what its manual page names"
is "$(printf '%s\n' "${for_router[@]%%=*}" | sort)" "$(names vidqc-router | grep -vE "$untold")" \
	"router: is told what its manual page names"
# The pages name what the programs read; the models' bucket is for people.
is "$(grep -ohE 'VIDQC_[A-Z0-9_]+' "$ROOT"/pipelines/worker "$ROOT"/pipelines/worker*.sh "$ROOT/pipelines/worker.jq" | sort -u)" \
	"$(names vidqc-worker | grep -v MODELS_BUCKET)" 'worker: its manual page names what it reads'
is "$(grep -ohE 'getenv\("VIDQC_[A-Z0-9_]+' "$ROOT"/cmd/vidqc-router.c "$ROOT"/lib/{router,jobs,aws,http,lambda}.c |
	sed 's/.*"//' | sort -u)" "$(names vidqc-router)" 'router: its manual page names what it reads'
attribute 'service: Fargate, in the private subnets' '["FARGATE","DISABLED",2]' \
	'.services[0] | [.launchType, (.networkConfiguration.awsvpcConfiguration | .assignPublicIp, (.subnets | length))]' \
	ecs describe-services --cluster vidqc-staging --services vidqc-worker
attribute 'cluster: counts its tasks' enabled '.clusters[0].settings[0].value' \
	ecs describe-clusters --clusters vidqc-staging --include SETTINGS

attribute 'scaling: none to ten' '[0,10]' '.ScalableTargets[0] | [.MinCapacity, .MaxCapacity]' \
	application-autoscaling describe-scalable-targets --service-namespace ecs
aws_ application-autoscaling describe-scaling-policies --service-namespace ecs >"$T/out" 2>"$T/err"
is "$(jq -c '.ScalingPolicies | map(.PolicyType) | sort' "$T/out")" \
	'["StepScaling","TargetTrackingScaling"]' 'scaling: two policies'
is "$(jq -c '[.ScalingPolicies[].TargetTrackingScalingPolicyConfiguration.TargetValue | values]' "$T/out")" \
	"$(jq -c '[.backlog_per_task]' "$T/apply/scaling.json")" 'scaling: the target of scaling.json'
is "$(jq -c '[.ScalingPolicies[].StepScalingPolicyConfiguration.StepAdjustments | values | .[] |
		[.MetricIntervalLowerBound + 1, .ScalingAdjustment]] | sort' "$T/out")" \
	"$(jq -c '.from_zero | map([.messages, .tasks])' "$T/apply/scaling.json")" \
	'scaling: the steps of scaling.json'

attribute 'router: the image, 28 s' '["Image",28,512]' '.Configuration | [.PackageType, .Timeout, .MemorySize]' \
	lambda get-function --function-name vidqc-router-staging
attribute 'router: an upload that it cannot take is tried again and kept' \
	'[2,"vidqc-jobs-staging-dlq"]' '[.MaximumRetryAttempts, (.DestinationConfig.OnFailure.Destination | split(":")[-1])]' \
	lambda get-function-event-invoke-config --function-name vidqc-router-staging
attribute 'router: who may call it' '["apigateway.amazonaws.com","s3.amazonaws.com"]' \
	'.Policy | fromjson | .Statement | map(.Principal.Service) | sort' \
	lambda get-policy --function-name vidqc-router-staging
api=$(aws_ apigateway get-rest-apis | jq -r '.items[0].id')
aws_ apigateway get-resources --rest-api-id "$api" --embed methods >"$T/out" 2>"$T/err"
is "$(jq -rc '[.items[] | .path as $p | .resourceMethods // {} | to_entries[] | "\(.key) \($p)"] | sort' "$T/out")" \
	'["GET /predict/{job_id}","OPTIONS /batch","OPTIONS /predict","OPTIONS /predict/{job_id}","POST /batch","POST /predict"]' \
	'gateway: the methods'
is "$(jq -c '[.items[].resourceMethods // {} | to_entries[] | [.key == "OPTIONS", .value.methodIntegration.type]] | unique' "$T/out")" \
	'[[false,"aws_proxy"],[true,"mock"]]' 'gateway: all to the router, but what browsers ask beforehand'
attribute 'gateway: rate, no bodies in the log' '[10,20,false]' \
	'.methodSettings["*/*"] | [.throttlingRateLimit, .throttlingBurstLimit, .dataTraceEnabled]' \
	apigateway get-stage --rest-api-id "$api" --stage-name staging
attribute 'gateway: what one key may ask' '[10,10000,"DAY"]' \
	'.items[0] | [.throttle.rateLimit, .quota.limit, .quota.period]' apigateway get-usage-plans
attribute 'gateway: no key yet' 0 '.items | length' apigateway get-api-keys

attribute 'parameters' "[\"api_url\",\"clips_bucket\",\"image_tag=$sha\",\"queue_url\",\"results_table\"]" \
	'.Parameters | map((.Name | split("/")[-1]) + (if .Name | endswith("image_tag") then "=" + .Value else "" end)) | sort' \
	ssm get-parameters-by-path --path /vidqc/staging
attribute 'logs: names and days' '[["/apigateway/vidqc",14],["/ecs/vidqc-worker",14],["/lambda/vidqc-router",14],["/vpc/vidqc-rejected",14]]' \
	'.logGroups | map([.logGroupName, .retentionInDays]) | sort' logs describe-log-groups
aws_ cloudwatch describe-alarms >"$T/out" 2>"$T/err"
is "$(jq -c '[.MetricAlarms[] | .AlarmName | ltrimstr("vidqc-staging-")
		| sub("^(?<kind>TargetTracking-).*-(?<end>Alarm[A-Z][a-z]*)-.*"; "\(.kind)\(.end)")] | sort' "$T/out")" \
	'["TargetTracking-AlarmHigh","TargetTracking-AlarmLow","api-errors","dead-letters","error-rate","from-zero","latency","lost-events","no-tasks","oldest-message","router-errors","router-throttles"]' \
	'alarms'
holds '.MetricAlarms[] | select(.AlarmName == "vidqc-staging-latency") |
	.ExtendedStatistic == "p99" and .Threshold == 90 and .Dimensions == [{Name: "Service", Value: "worker"}]' \
	'alarm: p99 above 90 s'
holds '[.MetricAlarms[] | .AlarmActions | length] | min == 1' 'alarms: each tells somebody'
attribute 'dashboard' 8 '.DashboardBody | fromjson | .widgets | length' \
	cloudwatch get-dashboard --dashboard-name vidqc-staging-eu-central-1
attribute 'budget' '["100","USD","MONTHLY"]' '.Budgets[0] | [.BudgetLimit.Amount, .BudgetLimit.Unit, .TimeUnit]' \
	budgets describe-budgets --account-id 123456789012

attribute 'network: two private subnets, two public, none gives out addresses' '[4,false]' \
	'.Subnets | [length, any(.MapPublicIpOnLaunch)]' ec2 describe-subnets \
	--filters Name=tag:Project,Values=vidqc
attribute 'network: S3 and DynamoDB without NAT' '["dynamodb","s3"]' \
	'.VpcEndpoints | map(.ServiceName | split(".")[-1]) | sort' ec2 describe-vpc-endpoints
attribute 'network: one NAT gateway' 1 '.NatGateways | length' ec2 describe-nat-gateways
attribute 'network: nothing can connect to a worker' '[0,[443]]' \
	'.SecurityGroups[0] | [(.IpPermissions | length), (.IpPermissionsEgress | map(.FromPort))]' \
	ec2 describe-security-groups --filters Name=group-name,Values=vidqc-staging-worker

# Rights, as IAM has them: no role may do something to everything, but for the registry's token
# and what is bound to the region.
for role in worker execution router flow deploy; do
	name=vidqc-$role-staging-eu-central-1
	for policy in $(aws_ iam list-role-policies --role-name "$name" | jq -r '.PolicyNames[]'); do
		is "$(aws_ iam get-role-policy --role-name "$name" --policy-name "$policy" |
			jq -c '[.PolicyDocument.Statement[] | select(.Effect == "Allow" and .Condition == null) |
				select([.Resource] | flatten | index("*")) | .Action]')" \
			"$([[ $role = execution || $role = deploy ]] && echo '["ecr:GetAuthorizationToken"]' || echo '[]')" \
			"$role/$policy: rights on named things only"
	done
done

# No secret in the state: nothing that AWS would hand out only once.
state=s3://vidqc-state-123456789012-eu-central-1/staging.tfstate
aws_ s3 cp "$state" "$T/state.json" >/dev/null
is "$(jq -r '[.resources[] | select(.mode == "managed").type | select(test("api_key$|access_key|random_|secret"))] | length' \
	"$T/state.json")" 0 'no secret in the state'
is "$(jq '[.resources[] | select(.mode == "managed")] | length > 60' "$T/state.json")" true \
	'the state is in the bucket'

# Applied again it has nothing to do but what the emulator forgot: the address of a thing, and
# its attributes that were sent and not kept.  A queue's limit comes back as a string; its
# policy is then only known later.
forgets='"aws_ecs_service.worker availability_zone_rebalancing"
"aws_lambda_function.router logging_config"
"aws_sqs_queue.jobs redrive_policy"
"aws_sqs_queue_policy.main[\"dead\"] "
"aws_sqs_queue_policy.main[\"jobs\"] "
"aws_vpc_security_group_ingress_rule.endpoints_https description"'
in_apply terraform plan -no-color -out=plan -var-file=staging.tfvars -var "image_tag=$sha" \
	>"$T/plan.log" 2>&1
is "$(in_apply terraform show -json plan | jq -c '[.resource_changes[]
	| select(.mode == "managed" and .change.actions != ["no-op"])
	| .address as $address | .change as {$before, $after}
	| [$after | keys[] | select($before[.] != $after[.])] | "\($address) \(join(" "))"] | sort | .[]')" \
	"$forgets" 'a second apply changes nothing'

# A second deployment while one runs is refused by the lock.
printf '{"ID":"x","Operation":"OperationTypeApply","Who":"another"}' >"$T/lock"
aws_ s3 cp "$T/lock" "$state.tflock" >/dev/null
exits 1 deploy plan staging "$sha"
like "$(err)" 'Error acquiring the state lock' 'a locked state is not touched'
aws_ s3 rm "$state.tflock" >/dev/null

# ---- images ----
repository=${made[repository]}
exits 0 deploy push staging vidqc:mine "$sha"
is "$(<"$T/docker.log")" "login --username AWS --password-stdin ${repository%%/*}
tag vidqc:mine $repository:$sha
push --quiet $repository:$sha
login --username AWS --password-stdin ${repository%%/*}" 'an image is pushed by its SHA, and once'
next=89abcdef0123456789abcdef0123456789abcdef
exits 66 deploy rollback staging
like "$(err)" 'no image was deployed to staging before this one' 'nothing to go back to yet'
exits 66 deploy deploy staging "$next"
like "$(err)" "vidqc-staging has no image $next; push it first" 'an image that is not there'
put_image "$next"
exits 0 deploy latest staging "$sha"
exits 0 deploy latest staging "$next"
attribute 'latest moved, the SHAs stay' "[[\"$sha\"],[\"$next\",\"latest\"]]" \
	'.imageDetails | map(.imageTags | sort) | sort' \
	ecr describe-images --repository-name vidqc-staging

# The emulator finds one thing, which is not critical; which critical ones stop is tried apart.
aws_ ecr start-image-scan --repository-name vidqc-staging --image-id "imageTag=$next" >/dev/null
exits 0 deploy scan staging "$next"
is "$(out)" 'HIGH 1' 'what the scan found is told'
eval "$(sed -n '/^not_accepted()/,/^}/p' "$ROOT/pipelines/aws/deploy")"
is "$(printf 'CVE-1999-0001\nCVE-2023-45853\n' | here=$ROOT/pipelines/aws not_accepted)" \
	CVE-1999-0001 'an accepted finding does not stop, another does'

# ---- keys ----
exits 0 deploy key staging someone
like "$(out)" '^[a-zA-Z0-9]+$' 'a key is made, and its id printed'
attribute 'it is in the usage plan' '["vidqc-staging-someone"]' '.items | map(.name)' \
	apigateway get-usage-plan-keys --usage-plan-id "${made[usage_plan]}"
value=$(aws_ apigateway get-api-keys --include-values | jq -r '.items[0].value')
aws_ s3 cp "$state" "$T/state.json" >/dev/null
is "${#value},$(grep -cF -- "$value" "$T/state.json")" "${#value},0" 'the key is not in the state'
exits 66 deploy smoke staging
like "$(err)" 'no key smoke' 'the smoke test needs a key of its own'
exits 0 deploy unkey staging someone
attribute 'the key is gone' 0 '.items | length' apigateway get-api-keys
exits 66 deploy unkey staging someone

# ---- wrong use ----
exits 64 deploy
exits 0 deploy --help
exits 64 deploy shout staging
exits 64 deploy plan test
exits 64 deploy plan staging latest
like "$(err)" "'latest': a full git SHA is expected" 'an image is named by its commit'

# A rollout that ECS took back is an error.
aws_ ecs register-task-definition --family other --container-definitions \
	'[{"name":"worker","image":"x","memory":64}]' >/dev/null
aws_ ecs update-service --cluster vidqc-staging --service vidqc-worker --task-definition other >/dev/null
(
	eval "$(sed -n '/^\(cloud\|die\|output\|wait_for_rollout\)()/,/^}/p' "$T/apply/deploy")"
	# shellcheck disable=SC2317,SC2030 # the functions above call and read it
	terraform_() { in_apply terraform "$@"; }
	# shellcheck disable=SC2030,SC2034
	env=staging AWS_ENDPOINT_URL=$emulator_url
	wait_for_rollout
) >"$T/out" 2>"$T/err"
is "$?" 70 'a rollout that was taken back fails'
like "$(err)" 'did not become healthy: taken back' 'and says so'

# ---- a job from end to end ----
# shellcheck source=tests/aws/endtoend.sh
. "$ROOT/tests/aws/endtoend.sh"

done_testing
