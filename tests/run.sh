#!/usr/bin/env bash
# Everything that must hold: formatting, a build without warnings, all tests, and the numeric tests again
# without vector instructions. Ends with the line "N passed, N failed"; exit code 1 when anything failed.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
# A program of tests that takes longer hangs: the longest takes half as much on two cores.
patience=20m

# Counts a step that is no test run as one test, and shows its output only when it fails.
step() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "   $((SECONDS - began)) s"
  else
    failed=$((failed + 1))
    tail -n 60 "$log"
    echo "FAILED: $name"
  fi
}

# Where the threads of a program of ours are, by .NET's own tool.
stacks() {
  local tools
  tools=$(mktemp -d)
  dotnet tool install dotnet-stack --version 10.0.750501 --tool-path "$tools" >/dev/null &&
    "$tools/dotnet-stack" report --process-id "$1" | grep -E '^Thread|Acquisition|NetMQ|TorchSharp'
  rm -rf "$tools"
}

# Runs a test program and adds its counts; its output is shown only when something failed. Tests send their programs signals,
# which those would not hear where this script was started by one that ignores them, as shells do for what runs in their background.
tests() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  env --default-signal=INT,QUIT "$@" -reporter verbose >"$log" 2>&1 </dev/null &
  local program=$!
  if ! timeout "$patience" tail --pid="$program" -f /dev/null; then
    failed=$((failed + 1))
    echo "FAILED: $name did not end within $patience; of what began, this had not:"
    comm -23 <(sed -n 's/ \[STARTING\]$//p' "$log" | sort) <(sed -n 's/ \[FINISHED\] Time: .*//p' "$log" | sort)
    stacks "$program"
    pkill -KILL --parent "$program"
    kill -KILL "$program"
    wait "$program"
    return
  fi
  wait "$program"
  local code=$? summary total errors wrong skipped
  summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  if [[ -z $summary ]]; then
    failed=$((failed + 1))
    tail -n 60 "$log"
    echo "FAILED: $name ended without a summary (exit code $code)"
    return
  fi
  count() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
  total=$(count Total) errors=$(count Errors) wrong=$(count Failed) skipped=$(count Skipped)
  passed=$((passed + total - wrong - skipped))
  failed=$((failed + wrong + errors))
  echo "   $((total - wrong - skipped)) passed, $((wrong + errors)) failed, $skipped skipped, $((SECONDS - began)) s"
  grep -A 1 '\[SKIP\]' "$log" | head -n 40
  if ((wrong + errors)); then
    grep -A 25 -E '\[FAIL\]|\[ERROR\]' "$log" | head -n 200
  elif ((code != 0)); then
    failed=$((failed + 1))
    tail -n 20 "$log"
    echo "FAILED: $name ended with exit code $code"
  fi
}

# Debian packages: system libraries of the program, and independent programs that tests compare with.
install_missing() {
  command -v dpkg-query >/dev/null || return 0
  local package missing=() as_root=()
  local wanted=(libzmq5 libblosc1 gcc g++ libc6-dev libopencv-core-dev libopencv-imgproc-dev libtorch-dev libopenblas0-pthread python3-zmq python3-msgpack python3-numpy python3-torch
    python3-tifffile python3-skimage python3-scipy python3-zarr python3-numcodecs python3-opencv python3-prometheus-client chromium slurmctld slurmd slurm-client munge mypy procps)
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "missing: ${missing[*]}; as root, run: apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get -qq update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}"
}

step "system packages" install_missing
step "restore" dotnet restore Acquisition.sln
step "formatting" dotnet format whitespace . --folder --exclude artifacts --verify-no-changes
# One compiler for all projects, warm after the first, instead of one for each.
step "build" dotnet build Acquisition.sln -c Release --no-restore -v quiet -p:UseSharedCompilation=true
dotnet build-server shutdown --vbcscompiler >/dev/null

bin="$root/artifacts/bin"
tests "tests" "$bin/Acquisition.Tests/release/Acquisition.Tests" -noColor
tests "system tests" "$bin/Acquisition.SystemTests/release/Acquisition.SystemTests" -noColor
numeric=(-noColor -namespace 'Acquisition.Tests.Restoration*')
if grep -qs avx512f /proc/cpuinfo; then
  tests "numeric tests without AVX-512" env DOTNET_EnableAVX512=0 "$bin/Acquisition.Tests/release/Acquisition.Tests" "${numeric[@]}"
else
  echo "== numeric tests without AVX-512: this processor has none, so the tests above were that"
fi
tests "numeric tests without vector instructions" env DOTNET_EnableHWIntrinsic=0 "$bin/Acquisition.Tests/release/Acquisition.Tests" "${numeric[@]}"

echo "$passed passed, $failed failed"
((failed == 0))
