# Compiles the build when one of its inputs changed, then starts it with the given arguments.
# NUKE_ENGINE=package|subset overrides which NUKE it is compiled against.
# The same as build.sh, for PowerShell 5.1 and later.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$BuildArguments = $args

$script = $MyInvocation.MyCommand.Path
while ([IO.File]::GetAttributes($script) -band [IO.FileAttributes]::ReparsePoint) {
    $target = @((Get-Item -LiteralPath $script -Force).Target)[0]
    $script = [IO.Path]::GetFullPath([IO.Path]::Combine([IO.Path]::GetDirectoryName($script), $target))
}
$root = [IO.Path]::GetDirectoryName($script)
$configuration = 'Release'
$project = [IO.Path]::Combine($root, 'build', '_build.csproj')
$output = [IO.Path]::Combine($root, 'build', 'bin', $configuration)
$assembly = [IO.Path]::Combine($output, '_build.dll')
$temp = [IO.Path]::Combine($root, '.nuke', 'temp')
$sdk = [IO.Path]::Combine($temp, 'dotnet')
$engineFile = [IO.Path]::Combine($temp, 'engine.props')
$stamp = [IO.Path]::Combine($temp, 'build.stamp')

$env:NUKE_TELEMETRY_OPTOUT = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

function Say($text) { [Console]::Error.WriteLine($text) }

function Stop-WithMessage($text) {
    Say $text
    exit 1
}

# The SDK that this script installed comes first, for this process and all it starts.
function Use-InstalledSdk {
    $installed = [IO.File]::Exists([IO.Path]::Combine($sdk, 'dotnet.exe')) -or
        [IO.File]::Exists([IO.Path]::Combine($sdk, 'dotnet'))
    if ($installed -and $env:DOTNET_ROOT -ne $sdk) {
        $env:DOTNET_ROOT = $sdk
        $env:PATH = $sdk + [IO.Path]::PathSeparator + $env:PATH
    }
}

function Test-Dotnet {
    return $null -ne (Get-Command 'dotnet' -CommandType Application -ErrorAction SilentlyContinue)
}

# Runs dotnet in the root, whose global.json counts. Native errors are an exit code, not an exception.
function Invoke-Dotnet([string[]] $arguments) {
    $ErrorActionPreference = 'Continue'
    $before = [IO.Directory]::GetCurrentDirectory()
    Push-Location -LiteralPath $root
    try {
        $text = & dotnet @arguments 2>&1 | ForEach-Object { "$_" }
        return @{ Code = $LASTEXITCODE; Text = ($text -join "`n") }
    }
    finally {
        Pop-Location
        [IO.Directory]::SetCurrentDirectory($before)
    }
}

function Test-SuitableSdk {
    return (Test-Dotnet) -and ((Invoke-Dotnet @('--version')).Code -eq 0)
}

function Install-Sdk {
    $url = 'https://dot.net/v1/dotnet-install.ps1'
    $installer = [IO.Path]::Combine($temp, 'dotnet-install.ps1')
    Say 'Installing the .NET SDK of global.json into .nuke/temp/dotnet'
    try {
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        [Net.WebClient]::new().DownloadFile($url, $installer)
        & $installer -JSonFile ([IO.Path]::Combine($root, 'global.json')) -InstallDir $sdk -NoPath
    }
    catch {
        Stop-WithMessage ("The .NET SDK of global.json is not installed and $url did not install it: $_`n" +
            'Install the SDK from https://dotnet.microsoft.com/download, or go online and start again.')
    }
    Use-InstalledSdk
    if (-not (Test-SuitableSdk)) {
        Stop-WithMessage 'The SDK in .nuke/temp/dotnet does not suit global.json. Remove that folder and start again.'
    }
}

# What the next compilation uses: the override, else what was found out, else the subset.
function Get-Engine {
    if ($env:NUKE_ENGINE) { return $env:NUKE_ENGINE }
    if ([IO.File]::Exists($engineFile) -and [IO.File]::ReadAllText($engineFile).Contains('<NukeEngine>package<')) {
        return 'package'
    }
    return 'subset'
}

function Save-Engine($engine, $reason) {
    $content = "<Project>`n  <PropertyGroup>`n    <NukeEngine>$engine</NukeEngine>`n  </PropertyGroup>`n</Project>`n"
    [IO.File]::WriteAllText($engineFile, $content)
    Say $reason
}

# Asks the feed by restoring a project of its own. NuGet's codes tell "not there" from "could not ask".
function Find-Engine {
    $probe = [IO.Path]::Combine($temp, 'engine-probe')
    $packages = [IO.File]::ReadAllText([IO.Path]::Combine($root, 'Directory.Packages.props'))
    $version = [regex]::Match($packages, 'Include="Nuke\.Common" Version="([^"]*)"').Groups[1].Value
    [void][IO.Directory]::CreateDirectory($probe)
    foreach ($name in 'Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props') {
        [IO.File]::WriteAllText([IO.Path]::Combine($probe, $name), "<Project />`n")
    }
    $probeProject = [IO.Path]::Combine($probe, 'probe.csproj')
    [IO.File]::WriteAllText($probeProject, @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Nuke.Common" Version="$version" />
  </ItemGroup>
</Project>
"@)
    $answer = Invoke-Dotnet @('restore', $probeProject, '-nologo', '-v', 'q')
    if ($answer.Code -eq 0) {
        Save-Engine 'package' "Engine: Nuke.Common $version, which the NuGet feed carries."
    }
    elseif ($answer.Text -match 'NU1301' -or $answer.Text -notmatch 'NU110[123]') {
        Say 'Engine: the subset in build/nuke for now, because the NuGet feed gives no clear answer.'
    }
    else {
        Save-Engine 'subset' "Engine: the subset in build/nuke, because the NuGet feed has no Nuke.Common $version."
    }
}

function Add-Inputs($lines, $directory) {
    foreach ($file in $directory.GetFiles()) {
        $lines.Add($file.FullName + ' ' + $file.LastWriteTimeUtc.Ticks + ' ' + $file.Length)
    }
    foreach ($child in $directory.GetDirectories()) {
        $apart = $child.Name -eq 'bin' -or $child.Name -eq 'obj' -or
            ($directory.Name -eq 'src' -and ($child.Name -eq 'Gocatest' -or $child.Name -eq 'Lotse.Proxy'))
        if (-not $apart) { Add-Inputs $lines $child }
    }
}

# Path, time and size of every input: a change, an addition and a removal all show.
function Get-Inputs($engine) {
    $lines = [Collections.Generic.List[string]]::new()
    $lines.Add("engine $engine")
    foreach ($name in 'build', 'src') {
        Add-Inputs $lines ([IO.DirectoryInfo]::new([IO.Path]::Combine($root, $name)))
    }
    $top = @([IO.Directory]::GetFiles($root, 'Directory.*.props') | Sort-Object)
    foreach ($name in 'global.json', 'BannedSymbols.txt', '.editorconfig') { $top += [IO.Path]::Combine($root, $name) }
    foreach ($path in $top) {
        $file = [IO.FileInfo]::new($path)
        $lines.Add($path + ' ' + $file.LastWriteTimeUtc.Ticks + ' ' + $file.Length)
    }
    return $lines -join "`n"
}

function Test-Fresh {
    return [IO.File]::Exists($assembly) -and [IO.File]::Exists($stamp) -and
        ((Get-Inputs (Get-Engine)) -ceq [IO.File]::ReadAllText($stamp))
}

function Invoke-Compiler {
    if (-not (Test-SuitableSdk)) { Install-Sdk }
    if (-not $env:NUKE_ENGINE -and -not [IO.File]::Exists($engineFile)) { Find-Engine }
    $engine = Get-Engine
    $current = Get-Inputs $engine
    if (-not [Console]::IsErrorRedirected) { Say 'Compiling the build' }

    $errors = [IO.Path]::Combine($temp, 'compile.log')
    [IO.File]::Delete($stamp)
    [IO.File]::Delete($errors)
    $result = Invoke-Dotnet @('build', $project, '-c', $configuration, "-p:NukeEngine=$engine", '-nologo', '-noconlog',
        '-fl', "-flp:logfile=$errors;verbosity=quiet;nosummary")
    if ($result.Code -ne 0) {
        if ($result.Text) { Say $result.Text }
        if ([IO.File]::Exists($errors)) { Say ([IO.File]::ReadAllText($errors).TrimEnd()) }
        Stop-WithMessage 'The build does not compile; nothing was started.'
    }
    [IO.File]::WriteAllText($stamp, $current)
}

# One compilation at a time: who holds the file open has the lock, and a process that ends gives it back.
function Enter-Lock {
    $path = [IO.Path]::Combine($temp, 'build.ps1.lock')
    while ($true) {
        try { return [IO.FileStream]::new($path, 'OpenOrCreate', 'ReadWrite', 'None') }
        catch [IO.IOException] { [Threading.Thread]::Sleep(200) }
    }
}

# From outside of the tree, the build would not find its root.
function Get-RootArgument {
    $given = @($BuildArguments | Where-Object { "$_" -match '^-+root$' }).Count -gt 0
    $inside = ((Get-Location).ProviderPath + [IO.Path]::DirectorySeparatorChar).StartsWith(
        $root + [IO.Path]::DirectorySeparatorChar, [StringComparison]::OrdinalIgnoreCase)
    if ($given -or $inside) { return @() }
    return @('--root', $root)
}

if ($env:NUKE_ENGINE -and $env:NUKE_ENGINE -cne 'package' -and $env:NUKE_ENGINE -cne 'subset') {
    Stop-WithMessage "NUKE_ENGINE is '$env:NUKE_ENGINE'. It can be 'package' or 'subset'."
}

Use-InstalledSdk
if (-not (Test-Dotnet) -or -not (Test-Fresh)) {
    [void][IO.Directory]::CreateDirectory($temp)
    $lock = Enter-Lock
    try {
        Use-InstalledSdk
        if (-not (Test-Dotnet)) { Install-Sdk }
        if (-not (Test-Fresh)) { Invoke-Compiler }
    }
    finally { $lock.Dispose() }
}

$rootArgument = @(Get-RootArgument)
$ErrorActionPreference = 'Continue'
& dotnet $assembly @BuildArguments @rootArgument
exit $LASTEXITCODE
