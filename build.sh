#!/usr/bin/env bash
# Compiles the build when one of its inputs changed, then starts it with the given arguments.
# NUKE_ENGINE=package|subset overrides which NUKE it is compiled against.
set -euo pipefail

script="${BASH_SOURCE[0]}"
while [ -L "$script" ]; do
  target="$(readlink "$script")"
  case "$target" in
    /*) script="$target" ;;
    *) script="$(dirname "$script")/$target" ;;
  esac
done
root="$(cd -P "$(dirname "$script")" && pwd)"

configuration=Release
project="$root/build/_build.csproj"
output="$root/build/bin/$configuration"
assembly="$output/_build.dll"
temp="$root/.nuke/temp"
sdk="$temp/dotnet"
engine_file="$temp/engine.props"
stamp="$temp/build.stamp"
lock="$temp/build.lock"

export NUKE_TELEMETRY_OPTOUT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# The SDK that this script installed comes first, for this process and all it starts.
use_installed_sdk() {
  if [ -x "$sdk/dotnet" ]; then
    export DOTNET_ROOT="$sdk" PATH="$sdk:$PATH"
  fi
}

has_suitable_sdk() {
  command -v dotnet >/dev/null && (cd "$root" && dotnet --version >/dev/null 2>&1)
}

download() {
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 -o "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -qO "$2" "$1"
  else
    fail "Neither curl nor wget is here to download $1. Install one of them, or the .NET SDK of global.json."
  fi
}

install_sdk() {
  local url="https://dot.net/v1/dotnet-install.sh" installer="$temp/dotnet-install.sh"
  say "Installing the .NET SDK of global.json into .nuke/temp/dotnet"
  download "$url" "$installer" ||
    fail "The .NET SDK of global.json is not installed and $url cannot be downloaded. Install the SDK from" \
      "https://dotnet.microsoft.com/download, or go online and start again."
  bash "$installer" --jsonfile "$root/global.json" --install-dir "$sdk" --no-path >&2 ||
    fail "The .NET SDK of global.json could not be installed. Install it from https://dotnet.microsoft.com/download."
  use_installed_sdk
  has_suitable_sdk || fail "The SDK in .nuke/temp/dotnet does not suit global.json. Remove that folder and start again."
}

# Path, time and size of every input: a change, an addition and a removal all show.
inputs() {
  local stat=(stat -c '%n %y %s')
  case "$OSTYPE" in darwin* | *bsd*) stat=(stat -f '%N %Fm %z') ;; esac
  cd "$root"
  export TZ=UTC0
  printf 'engine %s\n' "$1"
  find build src Directory.*.props global.json BannedSymbols.txt .editorconfig \
    \( -name bin -o -name obj -o -path src/Gocatest -o -path src/Lotse.Proxy \) -prune \
    -o -type f -exec "${stat[@]}" {} +
}

is_fresh() {
  [ -f "$assembly" ] && [ -f "$stamp" ] && [ "$(inputs "$(engine)")" = "$(<"$stamp")" ]
}

# What the next compilation uses: the override, else what was found out, else the subset.
engine() {
  if [ -n "${NUKE_ENGINE:-}" ]; then
    printf '%s' "$NUKE_ENGINE"
  elif [ -f "$engine_file" ] && [[ "$(<"$engine_file")" == *'<NukeEngine>package<'* ]]; then
    printf 'package'
  else
    printf 'subset'
  fi
}

remember_engine() {
  printf '<Project>\n  <PropertyGroup>\n    <NukeEngine>%s</NukeEngine>\n  </PropertyGroup>\n</Project>\n' "$1" \
    >"$engine_file.$$"
  mv -f "$engine_file.$$" "$engine_file"
  say "$2"
}

# Asks the feed by restoring a project of its own. NuGet's codes tell "not there" from "could not ask".
find_out_engine() {
  local probe="$temp/engine-probe" version answer limit=()
  version="$(sed -n 's/.*Include="Nuke\.Common" Version="\([^"]*\)".*/\1/p' "$root/Directory.Packages.props")"
  mkdir -p "$probe"
  printf '<Project />\n' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" \
    >"$probe/Directory.Packages.props"
  cat >"$probe/probe.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Nuke.Common" Version="$version" />
  </ItemGroup>
</Project>
EOF
  if command -v timeout >/dev/null; then limit=(timeout 120); fi
  if answer="$(cd "$root" && "${limit[@]+"${limit[@]}"}" dotnet restore "$probe/probe.csproj" -nologo -v q 2>&1)"; then
    remember_engine package "Engine: Nuke.Common $version, which the NuGet feed carries."
  elif [[ "$answer" == *NU1301* || "$answer" != *NU110[123]* ]]; then
    say "Engine: the subset in build/nuke for now, because the NuGet feed gives no clear answer."
  else
    remember_engine subset "Engine: the subset in build/nuke, because the NuGet feed has no Nuke.Common $version."
  fi
}

is_alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# One compilation at a time. Where flock is missing, the lock is a folder with its owner's process id.
acquire_lock() {
  local owner
  if command -v flock >/dev/null; then
    exec 9>"$lock"
    flock 9
    return
  fi
  until mkdir "$lock.d" 2>/dev/null; do
    owner="$(cat "$lock.d/owner" 2>/dev/null || true)"
    if [ -n "$owner" ] && ! is_alive "$owner"; then
      # Only one of several waiters can take the lock of a dead owner away.
      mv "$lock.d" "$lock.dead.$$" 2>/dev/null && rm -rf "$lock.dead.$$"
    else
      sleep 0.2
    fi
  done
  printf '%s' "$$" >"$lock.d/owner"
  trap release_lock EXIT
}

release_lock() {
  if command -v flock >/dev/null; then
    exec 9>&-
  else
    rm -rf "$lock.d"
    trap - EXIT
  fi
}

# Overwriting the assemblies of a running build would crash it: it keeps its files, the compiler gets copies.
spare_running_builds() {
  if [ -d "$output" ]; then
    rm -rf "$output.new" "$output.old"
    cp -Rp "$output" "$output.new"
    mv "$output" "$output.old"
    mv "$output.new" "$output"
    rm -rf "$output.old"
  fi
}

compile() {
  local current chosen errors="$temp/compile.log" rest="$temp/compile.out"
  has_suitable_sdk || install_sdk
  [ -n "${NUKE_ENGINE:-}" ] || [ -f "$engine_file" ] || find_out_engine
  chosen="$(engine)"
  current="$(inputs "$chosen")"
  [ ! -t 2 ] || say "Compiling the build"

  rm -f "$stamp" "$errors"
  spare_running_builds
  # The compiler stays alive for the next time and must not keep the lock.
  if ! (cd "$root" && dotnet build "$project" -c "$configuration" -p:NukeEngine="$chosen" -nologo -noconlog \
    -fl -flp:"logfile=$errors;verbosity=quiet;nosummary" >"$rest" 2>&1 9>&-); then
    cat "$rest" "$errors" >&2 || true
    fail "The build does not compile; nothing was started."
  fi
  printf '%s\n' "$current" >"$stamp"
}

case "${NUKE_ENGINE:-}" in
  '' | package | subset) ;;
  *) fail "NUKE_ENGINE is '$NUKE_ENGINE'. It can be 'package' or 'subset'." ;;
esac

use_installed_sdk
if ! command -v dotnet >/dev/null || ! is_fresh; then
  mkdir -p "$temp"
  acquire_lock
  use_installed_sdk
  command -v dotnet >/dev/null || install_sdk
  is_fresh || compile
  release_lock
fi

# From outside of the tree, the build would not find its root.
root_argument=(--root "$root")
case "$(pwd -P)/" in "$root"/*) root_argument=() ;; esac
for argument in "$@"; do
  if [[ "$argument" =~ ^-+[Rr][Oo][Oo][Tt]$ ]]; then root_argument=(); fi
done
exec dotnet "$assembly" "$@" "${root_argument[@]+"${root_argument[@]}"}"
