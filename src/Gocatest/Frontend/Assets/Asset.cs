namespace Gocatest.Frontend.Assets;

/// <summary>A static file of the page.</summary>
/// <param name="Url">Where this very content is found, for ever.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Asset(string Url, string ContentType, byte[] Content);
