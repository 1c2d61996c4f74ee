namespace Lotse.Hosts.Images.StandIns;

/// <summary>What every stand-in has below the root besides packages.</summary>
internal static class RootFileSystem
{
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The programs of busybox that get a name of their own: a shell, and what scripts and people call first.</summary>
    private const string Applets =
        "[ ash awk base64 basename cat chgrp chmod chown clear cmp cp cut date dd df diff dirname du echo egrep env expr "
        + "false fgrep find free getopt grep groups gunzip gzip head hostname id ip kill killall less ln ls md5sum mkdir "
        + "mkfifo mktemp more mv nc netstat nproc nslookup od paste pidof ping printenv printf ps pwd readlink realpath rm "
        + "rmdir sed seq setsid sh sha256sum sleep sort stat strings su sync tail tar tee test time timeout top touch tr "
        + "true truncate tty uname uniq unxz unzip uptime vi watch wc wget which who whoami xargs xxd xzcat yes zcat";

    /// <summary>Folders, links of the merged layout, and what the C library looks up.</summary>
    /// <param name="layer">Where it goes.</param>
    /// <param name="users">Users beside root and nobody: name, id (of user and group) and home.</param>
    public static void Write(LayerFile layer, params (string Name, int Id, string Home)[] users)
    {
        foreach (var merged in PackageUnpacker.Merged)
        {
            layer.AddFolder($"usr/{merged}");
            layer.AddLink(merged, $"usr/{merged}");
        }

        foreach (
            var folder in new[] { "dev", "etc", "home", "opt", "proc", "run", "srv", "sys", "usr/local/bin", "var/lib" }
        )
        {
            layer.AddFolder(folder);
        }

        layer.AddFolder("tmp", "1777");
        layer.AddFolder("var/tmp", "1777");
        layer.AddFolder("root", "0700");
        layer.AddLink("var/run", "/run");
        foreach (var (_, id, home) in users)
        {
            layer.AddFolder(home.TrimStart('/'), "0755", id);
        }

        WriteUsers(layer, users);
        layer.AddText("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        layer.AddText(
            "etc/os-release",
            "ID=debian\nNAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian packages (Lotse stand-in)\"\n"
        );
    }

    /// <summary>A shell and the usual small programs, all of them busybox.</summary>
    public static void WriteApplets(LayerFile layer)
    {
        foreach (var applet in Applets.Split(' '))
        {
            layer.AddLink($"usr/bin/{applet}", "busybox");
        }
    }

    private static void WriteUsers(LayerFile layer, (string Name, int Id, string Home)[] users)
    {
        var passwd = users.Select(u => $"{u.Name}:x:{u.Id}:{u.Id}::{u.Home}:/bin/sh\n");
        var group = users.Select(u => $"{u.Name}:x:{u.Id}:\n");
        layer.AddText(
            "etc/passwd",
            $"root:x:0:0:root:/root:/bin/sh\n{string.Concat(passwd)}nobody:x:65534:65534:nobody:/:/bin/false\n"
        );
        layer.AddText("etc/group", $"root:x:0:\n{string.Concat(group)}nogroup:x:65534:\n");
    }
}
