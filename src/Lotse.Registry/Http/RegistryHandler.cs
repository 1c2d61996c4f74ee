using Lotse.Registry.Storage;
using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Answers one request: guards, finds the endpoint, and turns failures into the spec's errors.</summary>
internal sealed class RegistryHandler(
    RegistryStore store,
    UploadSessions uploads,
    TransferMeter meter,
    PushedContent pushed,
    IProgress<RegistryException>? failures,
    PushedGuard? guard = null
)
{
    private readonly BlobEndpoint _blobs = new(store.Content, meter);
    private readonly UploadEndpoint _uploading = new(store.Content, uploads, meter);
    private readonly ManifestEndpoint _manifests = new(store, pushed, meter);
    private readonly ListEndpoints _lists = new(store.Manifests);

    public async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        try
        {
            LoopbackGuard.Check(context.Request);
            var route = Route.Parse(context.Request.Path.Value ?? "");
            guard?.Check(context.Request, route);
            await DispatchAsync(context, route);
        }
        catch (Exception error) when (error is not RegistryException && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone and hears no answer. What it was sending it can resume; what it was getting was
            // reported as failed.
        }
        catch (BadHttpRequestException error) when (!response.HasStarted)
        {
            await ErrorResponse.WriteAsync(response, error.StatusCode, "UNSUPPORTED", error.Message, []);
        }
        catch (Exception error)
        {
            await FailAsync(response, error as RegistryException ?? Defect(context.Request, error));
        }
    }

    private static RegistryException Defect(HttpRequest request, Exception error) =>
        new(
            RegistryFault.Unexpected,
            $"{request.Method} {request.Path} failed in the registry: {error.GetType().Name}: {error.Message}",
            error
        );

    private async Task FailAsync(HttpResponse response, RegistryException error)
    {
        if (error.Fault >= RegistryFault.StorageFull)
        {
            failures?.Report(error);
        }

        if (response.HasStarted || response.HttpContext.RequestAborted.IsCancellationRequested)
        {
            response.HttpContext.Abort();
        }
        else
        {
            await ErrorResponse.WriteAsync(response, error);
        }
    }

    private Task DispatchAsync(HttpContext context, Route route)
    {
        if (route.Kind is RouteKind.Version)
        {
            return JsonResponse.WriteAsync(
                context.Response,
                StatusCodes.Status200OK,
                JsonResponse.PlainJson,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteEndObject();
                }
            );
        }

        if (route.Kind is RouteKind.Unknown)
        {
            return ErrorResponse.WriteAsync(
                context.Response,
                StatusCodes.Status404NotFound,
                "UNSUPPORTED",
                $"{context.Request.Path} is no path of the OCI distribution API.",
                []
            );
        }

        Names.CheckRepository(route.Repository);
        return route.Kind switch
        {
            RouteKind.Blob => _blobs.HandleAsync(context, route.Repository, route.Argument),
            RouteKind.Uploads => _uploading.BeginAsync(context, route.Repository),
            RouteKind.Upload => _uploading.ContinueAsync(context, route.Repository, route.Argument),
            RouteKind.Manifest => _manifests.HandleAsync(context, route.Repository, route.Argument),
            RouteKind.TagList => _lists.TagsAsync(context, route.Repository),
            _ => _lists.ReferrersAsync(context, route.Repository, route.Argument),
        };
    }
}
