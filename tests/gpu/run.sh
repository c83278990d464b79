#!/usr/bin/env bash
# The Torch engine on a graphics card, against the PyTorch of that machine: parity, throughput, live rate, memory, 1,000 volumes.
#
#   tests/gpu/run.sh                 on Linux with NVIDIA's driver, g++, a Python that has PyTorch for CUDA and numpy, and the .NET 10 SDK
#   tests/gpu/run.sh pack FILE       anywhere with the SDK: what a machine without it needs, .NET included, as one .tar.gz; there:
#                                    mkdir acquisition && tar xzf FILE -C acquisition && acquisition/tests/gpu/run.sh
#
# Variables: DEVICE (cuda:0; with cpu all volumes are small), PYTHON (python3), VOLUMES (1000), OUT (a folder for the results; default gpu-results).
# Ends with "N steps failed"; exit code 1 when one did.
#
# Tried with DEVICE=cpu on Debian 12, in the sources, with its PyTorch 1.13; pack was run, what it packs was not. Not tried: a card; a PyTorch from pip.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
native=src/bindings/TorchSharp/Native

# Tests look for their oracles below the folder with the solution.
pack() {
  stage=$(mktemp -d) # not local: the trap outlives the function
  trap 'rm -rf "$stage"' EXIT
  mkdir -p "$stage/$native" "$stage/tests/gpu" "$stage/tests/oracles" "$stage/artifacts/gpu"
  local project
  for project in Acquisition.Tests Acquisition.Benchmarks; do
    dotnet publish "$root/tests/$project" -c Release -v quiet --self-contained -r linux-x64 -o "$stage/artifacts/gpu" || return 1
  done
  rm -rf "$stage/artifacts/gpu/.playwright" "$stage/artifacts/gpu/libTorchSharpExtern.so" # browsers; compiled where it runs
  cp "$root/$native/TorchExtern.cpp" "$root/$native/build.sh" "$stage/$native/"
  cp "$root/tests/gpu/run.sh" "$stage/tests/gpu/"
  cp "$root/tests/oracles/"*.py "$stage/tests/oracles/"
  cp "$root/Acquisition.sln" "$stage/"
  tar czf "$1" -C "$stage" .
}

if [[ ${1:-} == pack ]]; then
  pack "${2:?the file to write}"
  exit
fi

device=${DEVICE:-cuda:0} python=$(command -v "${PYTHON:-python3}") out=${OUT:-gpu-results} volumes=${VOLUMES:-1000} failed=0
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 1
cd "$root" || exit 1

# Shows a step's output and keeps it beside the others'.
step() {
  local name=$1
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$out/$name.txt"
  local code=${PIPESTATUS[0]}
  if ((code != 0)); then
    failed=$((failed + 1))
    echo "FAILED: $name ended with exit code $code"
  fi
}

finish() {
  echo "$failed steps failed; everything is in $out"
  exit $((failed > 0))
}

libtorch=$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))') || { echo "$python has no PyTorch: $python -m pip install torch numpy"; exit 1; }
[[ -e $libtorch/include/ATen ]] || libtorch=/usr # Debian's headers and libraries lie elsewhere
step binding sh "$native/build.sh" "$native/TorchExtern.cpp" "$out/libTorchSharpExtern.so" "$libtorch"
((failed)) && finish

bin=$root/artifacts/gpu
if [[ ! -x $bin/Acquisition.Tests ]]; then
  for project in Acquisition.Tests Acquisition.Benchmarks; do step "build-$project" dotnet build "tests/$project" -c Release -v quiet; done
  ((failed)) && finish
fi
program() { if [[ -x $bin/$1 ]]; then echo "$bin/$1"; else echo "$root/artifacts/bin/$1/release/$1"; fi; }

export ACQUISITION_TORCH_EXTERN=$out/libTorchSharpExtern.so ACQUISITION_TEST_DEVICE=$device ACQUISITION_PYTHON=$python
[[ $device == cpu ]] || step card nvidia-smi
step parity "$(program Acquisition.Tests)" -noColor -namespace 'Acquisition.Tests.Torch*' -showLiveOutput
step figures "$(program Acquisition.Benchmarks)" card "$device" "$volumes"
finish
