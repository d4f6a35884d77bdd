#!/usr/bin/env bash
# Build the sdist and the wheel, and try the wheel in a clean environment of each Python that is there.
# Usage: scripts/check_wheel.sh [python3.11 python3.12 python3.13 …]   (all of these that are found)
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pythons=("$@")
if ((${#pythons[@]} == 0)); then
  for python in python3.11 python3.12 python3.13; do
    if "$python" -c '' 2> /dev/null; then pythons+=("$python"); fi
  done
fi

# A checkout without what git does not know, so that nothing left over gets into the archives.
git clone --quiet "file://$root" "$work/source"
"${pythons[0]}" -m venv "$work/builder"
"$work/builder/bin/pip" install --quiet build
"$work/builder/bin/python" -m build --outdir "$work/dist" "$work/source" > "$work/build.log" ||
  { cat "$work/build.log"; exit 1; }
wheel=$(echo "$work"/dist/*.whl) sdist=$(echo "$work"/dist/*.tar.gz)

for unwanted in results/ report/ runs/ tests/ experiments/; do
  if tar tzf "$sdist" | cut -d/ -f2- | grep -q "^$unwanted"; then
    echo "Error: the sdist holds $unwanted; see MANIFEST.in" >&2
    exit 1
  fi
done
echo "$(basename "$wheel"): $(stat -c %s "$wheel") bytes; $(basename "$sdist"): $(stat -c %s "$sdist") bytes"

cd "$work"
for python in "${pythons[@]}"; do
  name=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  "$python" -m venv "$work/$name"
  started=$SECONDS
  "$work/$name/bin/pip" install --quiet --no-compile "$wheel"
  seconds=$((SECONDS - started))
  help=$("$work/$name/bin/python" - "$work/$name/bin/timbrush" << 'PY'
import subprocess, sys, time
times = []
for _ in range(3):
    start = time.perf_counter()
    subprocess.run([sys.argv[1], "--help"], check=True, stdout=subprocess.DEVNULL)
    times.append(time.perf_counter() - start)
print(f"{min(times):.2f}")
PY
)
  (cd "$work" && "$work/$name/bin/timbrush" doctor > "$work/$name.doctor")
  "$work/$name/bin/timbrush" demo -o "$work/$name-demo" > /dev/null
  test -s "$work/$name-demo/loop-blurred.wav"
  grep -q "^model wide *$work/$name/" "$work/$name.doctor"  # not the checkout's
  size=$(du -sm "$work/$name" | cut -f1)
  echo "$name: installed in $seconds s, $size MB in all, --help in $help s, doctor and demo well"
  rm -rf "${work:?}/$name" "$work/$name-demo"
done
