namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>registry</c>, at the root or of an accessory.</summary>
internal sealed class RegistryReader(Sites sites)
{
    public RegistryConfig? Read(Cursor? cursor)
    {
        if (cursor?.Map(Schema.Registry) is not { } fields)
        {
            return null;
        }

        var registry = new RegistryConfig
        {
            Server = fields["server"]?.Name("a registry's host name"),
            Place = cursor.Place,
        };
        if (registry.Server?.Contains("://", StringComparison.Ordinal) == true)
        {
            fields["server"]!.Error($"'{registry.Server}' has a scheme", "Write host or host:port alone.");
        }

        return registry with
        {
            Username = Credential(fields, "username", registry.IsLocal),
            Password = Credential(fields, "password", registry.IsLocal),
        };
    }

    /// <summary>A text is the value; a list of one is the name of a secret.</summary>
    private Credential? Credential(Fields fields, string key, bool isOptional)
    {
        const string Cure = "Write a list with the name of one secret, like [REGISTRY_PASSWORD].";
        if (fields[key] is not { } value)
        {
            if (!isOptional)
            {
                fields.Owner.ErrorAtKey($"{key} is missing", Cure);
            }

            return null;
        }

        if (!value.IsList)
        {
            return value.Text() is { } text ? new Credential(null, new Secret(text)) : null;
        }

        if (value.Items("one secret").ToList() is not [var item])
        {
            value.Error("expected the name of one secret", Cure);
            return null;
        }

        if (item.Name("a secret's name") is not { } name)
        {
            return null;
        }

        sites.AddSecret(name, item);
        return new Credential(name, null);
    }
}
