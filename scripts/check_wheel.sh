#!/usr/bin/env bash
# Build the sdist and the wheel, and try the wheel in a clean environment of each Python that is there.
# Usage: scripts/check_wheel.sh [-o RECORD.json] [python3.11 python3.12 …]   (all that are found, to 3.13)
set -euo pipefail
record=/dev/null
if [ "${1-}" = -o ]; then
  record=$(realpath "$2")
  shift 2
fi
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
: > tried.jsonl
for python in "${pythons[@]}"; do
  name=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  "$python" -m venv "$work/$name"
  started=$SECONDS
  "$work/$name/bin/pip" install --quiet --no-compile "$wheel"
  seconds=$((SECONDS - started))
  "$work/$name/bin/python" - "$name" "$seconds" "$(du -sm "$work/$name" | cut -f1)" << 'PY' >> tried.jsonl
import json, pathlib, subprocess, sys, time
name, seconds, megabytes = sys.argv[1:]
folder = pathlib.Path(sys.executable).parent
def fastest(*command):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return round(min(times), 3)
print(json.dumps({
    "python": name,
    "install_seconds": int(seconds),
    "installed_megabytes": int(megabytes),
    "help_seconds": fastest(folder / "timbrush", "--help"),
    "import_seconds": fastest(sys.executable, "-c", "import timbrush; timbrush.load"),
}))
PY
  (cd "$work" && "$work/$name/bin/timbrush" doctor > "$work/$name.doctor")
  "$work/$name/bin/timbrush" demo -o "$work/$name-demo" > /dev/null
  test -s "$work/$name-demo/loop-blurred.wav"
  grep -q "^model wide *$work/$name/" "$work/$name.doctor"  # not the checkout's
  rm -rf "${work:?}/$name" "$work/$name-demo"
  echo "$name: doctor and demo well; $(tail -1 tried.jsonl)"
done
python3 - "$wheel" "$sdist" "$(git -C "$root" rev-parse --short=12 HEAD)" << 'PY' > "$record"
import json, pathlib, sys
wheel, sdist, commit = sys.argv[1:]
print(json.dumps({
    "what": "wheel in clean environments",
    "command": "scripts/check_wheel.sh -o results/wheel.json",
    "commit": commit,
    "wheel_bytes": pathlib.Path(wheel).stat().st_size,
    "sdist_bytes": pathlib.Path(sdist).stat().st_size,
    "tried": [json.loads(line) for line in open("tried.jsonl")],
}, indent=2))
PY
