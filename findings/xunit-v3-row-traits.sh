#!/usr/bin/env bash
# xunit.v3 4.0.2, console runner of a test program (2026-12).
#
# A row of a theory can carry a trait: [InlineData(2, Traits = ["run", "all"])] (since 3.0). `-trait- run=all` should leave that row out.
# It does so only together with `-preEnumerateTheories`, which is off by default in this runner (test explorers and `dotnet test` have it on). Without it the trait is not
# seen, the row runs, nothing is said, and the exit code is 0. A trait of the method itself is seen either way.
#
# Seen:
#   -trait- run=all                        2 tests ran
#   -trait- run=all -preEnumerateTheories  1 test ran
#
# For Lotse: the test run passes -preEnumerateTheories (build/testing/ProjectRunner.cs, tested), else the small run would have been the large one.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >Rows.csproj <<'XML'
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
cat >RowTests.cs <<'CS'
public sealed class RowTests
{
    [Xunit.Theory]
    [Xunit.InlineData(1)]
    [Xunit.InlineData(2, Traits = new[] { "run", "all" })]
    public void Row(int number) => Xunit.Assert.True(number > 0);
}
CS

dotnet build -v quiet --nologo >build.log 2>&1 || { cat build.log; exit 1; }
# "   Rows  Total: 2, Errors: 0, ..."
ran() { dotnet bin/Debug/net10.0/Rows.dll -noLogo -noColor "$@" | sed -n 's/.*Total: \([0-9]*\).*/\1/p'; }
plain="$(ran -trait- run=all)"
enumerated="$(ran -trait- run=all -preEnumerateTheories)"
echo "-trait- run=all                        $plain test(s) ran"
echo "-trait- run=all -preEnumerateTheories  $enumerated test(s) ran"
[ "$plain" = 2 ] && [ "$enumerated" = 1 ] || { echo "This has changed."; exit 1; }
