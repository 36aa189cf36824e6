#!/usr/bin/env bash
# Run a bundle for Linux in a root that holds nothing but the C library and zlib: tools/try_bundle.sh BUNDLE PHOTOS
# Needs root, for chroot. Fails unless each photo is written, and unless the review page answers.
set -euo pipefail
bundle=$1 photos=$2
PATH=$PATH:/usr/sbin:/sbin # ldconfig and chroot, which not every root has on its path
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{tmp,dev/shm,home}
mknod "$root/dev/null" c 1 3
mknod "$root/dev/urandom" c 1 9
chmod 666 "$root"/dev/{null,urandom}
known=$(ldconfig -p)
# The names under which programs look for them, wherever this system keeps them.
for library in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libresolv.so.2 libutil.so.1 libz.so.1; do
    path=$(awk -v name="$library" '$1 == name && /x86-64/ && !found++ { print $NF }' <<<"$known")
    [[ $library == ld-* ]] && path=/lib64/$library
    install -D "$path" "$root$path"
    install -D "$path" "$root/lib64/$library"
done
cp -r "$bundle" "$root/blurkit"
cp -r "$photos" "$root/photos"
start=(chroot "$root" /blurkit/blurkit)
"${start[@]}" --version
"${start[@]}" doctor >"$root/doctor" 2>/dev/null
if grep FAILS "$root/doctor"; then exit 1; fi
"${start[@]}" run /photos --out /safe --language pl --report /report.html 2>/dev/null
test -s "$root/report.html"
is_photo=(-name '*.jpg' -o -name '*.png' -o -name '*.heic')
test "$(find "$root/safe" -type f | wc -l)" -eq "$(find "$photos" "${is_photo[@]}" | wc -l)"

HOME=/home "${start[@]}" review /photos --no-browser >"$root/said" 2>&1 &
review=$!
trap 'kill $review; rm -rf "$root"' EXIT
for _ in $(seq 100); do
    page=$(sed -n 's/.*on this computer: //p' "$root/said")
    [[ $page ]] && break
    sleep 0.2
done
address=$(grep -om 1 'http://127[^"/]*' "$root$page")
answer=$(curl -s -o /dev/null -w '%{http_code}' "$address/") # refused without the key: the server is there
test "$answer" -eq 403
echo "the bundle runs without anything installed"
