#!/usr/bin/env bash
# xunit.v3 4.0.2, `-parallelMode all` (new in 4.0), automated mode of the console runner (2026-12).
#
# With one thread, four tests run one after the other. All the same each of them is announced at once: four `test-starting` messages, with a StartTime of now, come before
# the first result. So FinishTime minus StartTime is not how long a test took, a watch that counts from `test-starting` takes a test that waits for its turn for one that
# hangs, and "what is running" is every test that is still to come. `test-class-construction-starting` is sent when the turn comes, and ExecutionTime is right.
# In the default mode (collections) a test is announced when it runs.
#
# Seen:
#   collections  announced before the first result: 1
#   all          announced before the first result: 4   made before the first result: 2
#
# For Lotse: the test run counts from the construction, and takes ExecutionTime (build/testing/ProjectProgress.cs, tested).
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >Turns.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <OutputType>Exe</OutputType>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="xunit.v3" Version="4.0.2" />
  </ItemGroup>
</Project>
XML
cat >TurnTests.cs <<'CS'
public sealed class TurnTests
{
    [Xunit.Fact] public Task A() => Task.Delay(300);
    [Xunit.Fact] public Task B() => Task.Delay(300);
    [Xunit.Fact] public Task C() => Task.Delay(300);
    [Xunit.Fact] public Task D() => Task.Delay(300);
}
CS

dotnet build -v quiet --nologo >build.log 2>&1 || { cat build.log; exit 1; }
# How many messages of a kind come before the first result.
before() { sed '/"$type":"test-passed"/,$d' "$1" | grep -c "\"\$type\":\"$2\"" || true; }
run() { dotnet bin/Debug/net10.0/Turns.dll -automated -maxThreads 1 -parallelMode "$1" >"$1.log"; }
run collections
run all
one="$(before collections.log test-starting)"
announced="$(before all.log test-starting)"
made="$(before all.log test-class-construction-starting)"
echo "collections  announced before the first result: $one"
echo "all          announced before the first result: $announced   made before the first result: $made"
[ "$one" = 1 ] && [ "$announced" = 4 ] && [ "$made" -le 2 ] || { echo "This has changed."; exit 1; }
