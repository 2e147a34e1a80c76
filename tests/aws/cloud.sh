# For the tests of the cloud, after tests/lib.sh: an emulator of AWS, Terraform without the
# internet.
# shellcheck shell=bash

# Nothing here may reach a real account.
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-central-1 \
	AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER='' \
	AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
	TF_IN_AUTOMATION=1 TF_INPUT=0 CHECKPOINT_DISABLE=1

python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
emulator=
emulator_url=
cli=
gateway= # of endtoend.sh

free_port() {
	"$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# emulator_start: AWS at $emulator_url, ended with the test.
emulator_start() {
	local port i

	port=$(free_port)
	# The gateway's role has a policy of AWS's own.
	MOTO_IAM_LOAD_MANAGED_POLICIES=true \
		"$python" "$ROOT/tests/aws/emulator.py" "$port" >"$T/emulator.log" 2>&1 &
	emulator=$!
	"$python" "$ROOT/tests/aws/cli.py" >"$T/cli.port" 2>"$T/aws.err" &
	cli=$!
	trap 'emulator_stop; rm -rf "$T"' EXIT
	emulator_url=http://127.0.0.1:$port
	for ((i = 0; i < 1200; i++)); do
		if [ -s "$T/cli.port" ] && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			return 0
		fi
		sleep 0.1
	done
	diag "$(tail -n 5 "$T/emulator.log")"
	return 1
}

emulator_stop() {
	if [ -n "$emulator" ]; then
		kill "$emulator" "$cli" ${gateway:+"$gateway"} 2>/dev/null
		wait "$emulator" "$cli" ${gateway:+"$gateway"} 2>/dev/null
	fi
	emulator=
}

# aws_ ARGUMENT...: the AWS CLI, on the emulator, as cli.py keeps it ready; its errors are in
# $T/aws.err.
aws_() {
	local connection status

	exec {connection}<>"/dev/tcp/127.0.0.1/$(<"$T/cli.port")" || return
	printf '%s\0' --endpoint-url "$emulator_url" --output json "$@" '' >&"$connection"
	read -r status <&"$connection" && cat <&"$connection"
	exec {connection}>&-
	return "${status:-255}"
}

# attribute NAME WANT FILTER ARGUMENT...: what the AWS CLI tells of a created thing, through
# jq, is WANT.
attribute() {
	local name=$1 want=$2 filter=$3
	shift 3
	is "$(aws_ "$@" | jq -rc "$filter" 2>&1)" "$want" "$name" ||
		diag "$(tail -n 3 "$T/aws.err")"
}

# ---- Terraform ----

# The provider from a folder, where one is known; else from the public registry.
if [ -z "${TF_PLUGIN_DIR:-}" ]; then
	TF_PLUGIN_DIR=$(find /opt /usr/share/terraform /usr/local/share/terraform "$HOME/.terraform.d" \
		-maxdepth 4 -type d -name registry.terraform.io -print -quit 2>/dev/null)
	TF_PLUGIN_DIR=${TF_PLUGIN_DIR%/*}
fi
export TF_PLUGIN_DIR
# A configuration file of the machine's must not decide.
unset TF_CLI_CONFIG_FILE

# terraform_copy DIR: the configuration in a folder of the test's, so that nothing is left in
# the repository.
terraform_copy() {
	mkdir -p "$1"
	cp -r "$ROOT"/pipelines/aws/. "$1"
	rm -rf "$1"/.terraform*
}
