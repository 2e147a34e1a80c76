#!/bin/bash
# The container image: built by buildah on a Debian made by debootstrap, since no registry and
# no engine is needed for that; what it holds, and that a clip is judged in it by a user without
# rights, with nothing to write to but /tmp.
#
# The programs are those under test: the Dockerfile's first stage, which compiles them, is given
# as a folder (VQ_IMAGE_COMPILE=1 runs it too).  VQ_IMAGE_BASE names another base.
# ok and exits call the functions.
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for program in buildah debootstrap; do
	command -v "$program" >/dev/null || skip_all "no $program (Debian)"
done
unshare -m mount -t tmpfs none /mnt 2>/dev/null || skip_all 'no right to mount here'

built=${VQ_BIN%/bin}
# The driver vfs copies the whole tree for each step.
store=(--root "$T/store" --runroot "$T/run" --storage-driver)
if buildah "${store[@]}" overlay info >/dev/null 2>&1; then
	store+=(overlay)
else
	rm -rf "$T/store" "$T/run"
	store+=(vfs)
fi
export BUILDAH_ISOLATION=chroot VQ_TEST_TIMEOUT=${VQ_TEST_TIMEOUT:-900}
trap 'buildah "${store[@]}" umount --all >/dev/null 2>&1; rm -rf "$T"' EXIT

# A base is kept beside the programs: it is the same tomorrow.
make_base() {
	local container

	if [ ! -e "$built/image-base.tar" ]; then
		debootstrap --variant=minbase bookworm "$T/base" >"$T/base.log" 2>&1 || return
		rm -rf "$T"/base/var/cache/apt/archives/*.deb "$T"/base/var/lib/apt/lists/*
		tar -C "$T/base" -cf "$T/base.tar" . && mv "$T/base.tar" "$built/image-base.tar"
		rm -rf "$T/base"
	fi
	container=$(buildah "${store[@]}" from scratch) &&
		buildah "${store[@]}" add -q "$container" "$built/image-base.tar" / >/dev/null &&
		buildah "${store[@]}" commit -q --rm "$container" localhost/base >/dev/null
}

options=()
if [ -z "${VQ_IMAGE_COMPILE:-}" ]; then
	mkdir -p "$T/stage/out"
	exits 0 env -u MAKEFLAGS -u MFLAGS make -s -C "$ROOT" B="$built" image-root ROOT="$T/stage/out"
	options=(--build-context "build=$T/stage")
fi
base=${VQ_IMAGE_BASE:-localhost/base}
if [ -z "${VQ_IMAGE_BASE:-}" ]; then
	ok 'a base by debootstrap' make_base || diag "$(tail -n 5 "$T/base.log")"
fi
sha=0123456789abcdef0123456789abcdef01234567
exits 0 buildah "${store[@]}" build --pull-never "${options[@]}" --build-arg BASE="$base" \
	--build-arg REVISION="$sha" --tag vidqc:test "$ROOT"

buildah "${store[@]}" inspect --type image vidqc:test >"$T/out" 2>"$T/err"
holds '.OCIv1.config.User == "10001:10001"' 'not root'
holds '.OCIv1.config.Entrypoint == ["vidqc"]' 'vidqc is what it runs'
holds '.OCIv1.config.Volumes | has("/tmp")' '/tmp may be a volume'
is "$(jq -r '.OCIv1.config.Labels["org.opencontainers.image.revision"]' "$T/out")" "$sha" \
	'its commit is on it'

container=$(buildah "${store[@]}" from --pull-never vidqc:test)
root=$(buildah "${store[@]}" mount "$container")
megabytes=$(du -sm --apparent-size "$root" | cut -f 1)
diag "$megabytes MB unpacked"
ok "under 700 MB ($megabytes)" test "$megabytes" -lt 700
is "$(find "$root" -xdev -perm /6000 -type f)" '' 'no program changes the user'
# make, which batches need, brings the header of its plug-ins.
is "$(find "$root/usr" -type f ! -name gnumake.h \( -name '*.h' -o -name 'cc1*' -o -name gcc -o -name '*.a' \) | head)" '' \
	'no compiler, no header'
is "$(chroot "$root" dpkg-query -W -f '${Package}\n' | grep -E -- '-dev$')" '' 'no development package'

# in_image COMMAND...: as Fargate does it: a read-only root, an empty /tmp, a user without
# rights, no network.
in_image() {
	unshare -mn bash -c '
		set -e
		root=$1 clip=$2
		shift 2
		mount --bind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
		cp "$clip" "$root/tmp/clip.mp4"
		mount -o remount,bind,ro "$root"
		exec setpriv --no-new-privs chroot --userspec=10001:10001 "$root" \
			env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"
	' bash "$root" "$T/clip.mp4" "$@"
}

make_clip "$T/clip.mp4" 'testsrc2=s=320x240:r=24:d=1'
exits 0 in_image vidqc predict /tmp/clip.mp4
cp "$T/out" "$T/inside"
is "$(faults "$T/inside")" '' 'a clip is judged in it'
exits 0 vidqc predict "$T/clip.mp4"
is "$(jq -cS 'del(.timing)' "$T/inside")" "$(jq -cS 'del(.timing)' "$T/out")" 'as outside of it'
exits 2 in_image sh -c 'echo >/usr/x'
like "$(err)" 'Read-only file system' 'nothing can be written but in /tmp'
exits 0 in_image aws --version
like "$(out)" '^aws-cli/2\.' 'the AWS CLI is version 2'
exits 0 in_image jq --version
exits 0 in_image curl --version
is "$(in_image id -u)" 10001 'by the user without rights'

# Without an engine that works there is a message, not a riddle.
mkdir "$T/bin"
ln -s "$(command -v bash)" "$(command -v git)" "$(command -v dirname)" "$T/bin"
exits 69 env PATH="$T/bin" bash "$ROOT/pipelines/aws/image"
like "$(err)" 'needs docker \(running\), podman or buildah' 'what make image needs'

done_testing
