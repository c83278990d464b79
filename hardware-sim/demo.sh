#!/usr/bin/env bash
# Builds the program and the simulated microscope, and runs a whole scan with its scores.
# Arguments go to 'acquisition demo', for example: hardware-sim/demo.sh volume.tif --factor 2,2,2
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if ! command -v dotnet >/dev/null; then
  echo "demo.sh: the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0" >&2
  exit 1
fi

# Debian packages that provide the shared libraries; elsewhere the program itself says what it misses.
missing=()
for package in libzmq5 libblosc1; do
  if command -v dpkg-query >/dev/null && ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    missing+=("$package")
  fi
done
if ((${#missing[@]})); then
  if ((EUID == 0)); then
    as_root=()
  elif command -v sudo >/dev/null; then
    as_root=(sudo)
  else
    echo "demo.sh: missing system libraries: ${missing[*]}. As root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing ${missing[*]} ..."
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
fi

echo "Building (the first time takes a minute) ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for project in src/Acquisition.App hardware-sim/Acquisition.HardwareSim; do
  if ! dotnet build "$root/$project" -c Release -v quiet --nologo >"$log" 2>&1; then
    cat "$log" >&2
    echo "demo.sh: building $project failed; the log is above" >&2
    exit 1
  fi
done

# Not exec: the trap above still has a file to remove.
ACQUISITION_SIMULATOR="${ACQUISITION_SIMULATOR:-$root/artifacts/bin/Acquisition.HardwareSim/release/hardware-sim}" \
  "$root/artifacts/bin/Acquisition.App/release/acquisition" demo "$@"
