using System.Text;
using Docker.DotNet.Models;

namespace Lotse.Testing.Engine;

/// <summary>What the builder says; it reports a failure as one of its messages.</summary>
internal sealed class BuildOutput : IProgress<JSONMessage>
{
    private readonly StringBuilder _text = new();
    private string? _error;

    public void Report(JSONMessage value)
    {
        _text.Append(value.Stream);
        _error ??= value.Error?.Message ?? value.ErrorMessage;
    }

    public void ThrowIfFailed(string reference)
    {
        if (_error is not null)
        {
            throw new InvalidOperationException($"The image {reference} could not be built: {_error}\n{_text}");
        }
    }
}
