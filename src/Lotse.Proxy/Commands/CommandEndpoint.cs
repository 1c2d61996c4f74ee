using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;

namespace Lotse.Proxy.Commands;

/// <summary>
/// Carries out commands that come through the control socket: argv in, JSON out. 200 done; 422 carried out, and the answer says why it was in vain; 400
/// misuse; 409 failed.
/// </summary>
internal sealed class CommandEndpoint(Switchboard board, IHostApplicationLifetime lifetime)
{
    /// <summary>The command's own result, of a command that did not achieve what it was to.</summary>
    public const int InVain = StatusCodes.Status422UnprocessableEntity;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RunAsync(context, await ReadAsync(context));
        }
        catch (UsageException misuse)
        {
            await AnswerAsync(context, 400, new ErrorResult(misuse.Message), ContractJson.Default.ErrorResult);
        }
        catch (RefusedException refused)
        {
            await AnswerAsync(context, 409, new ErrorResult(refused.Message), ContractJson.Default.ErrorResult);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            var error = new ErrorResult($"The state could not be written: {broken.Message} Nothing was changed.");
            await AnswerAsync(context, 409, error, ContractJson.Default.ErrorResult);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone; what they asked for was given up with them.
        }
        catch (OperationCanceledException)
        {
            var error = new ErrorResult("The proxy is being stopped: the command was not carried out.");
            await AnswerAsync(context, 409, error, ContractJson.Default.ErrorResult);
        }
    }

    private static async Task<ProxyCommand> ReadAsync(HttpContext context)
    {
        try
        {
            var (body, type) = (context.Request.Body, ContractJson.Default.CommandRequest);
            var request = await JsonSerializer.DeserializeAsync(body, type, context.RequestAborted);
            return ProxyCommand.Parse(request is { Arguments.IsDefault: false } ? request.Arguments : []);
        }
        catch (Exception broken) when (broken is JsonException or BadHttpRequestException)
        {
            throw new UsageException($"The request on the control socket is no command: {broken.Message}");
        }
    }

    private async Task RunAsync(HttpContext context, ProxyCommand command)
    {
        // A command that waits must not hold up the end of the proxy.
        var (gone, stopping) = (context.RequestAborted, lifetime.ApplicationStopping);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        await (
            command switch
            {
                StageCommand stage => StageAsync(context, stage, given.Token),
                DeployCommand deploy => DeployAsync(context, deploy, given.Token),
                SwitchCommand change => SwitchedAsync(context, board.Switch(change)),
                RevertCommand back => SwitchedAsync(context, board.Revert(back)),
                AbortCommand abort => DoneAsync(context, () => board.Abort(abort)),
                PauseCommand pause => HeldAsync(context, board.PauseAsync(pause, given.Token)),
                StopCommand stop => HeldAsync(context, board.StopAsync(stop, given.Token)),
                ResumeCommand resume => DoneAsync(context, () => board.Resume(resume.Service)),
                RemoveCommand remove => DoneAsync(context, () => board.Remove(remove.Service)),
                DrainCommand drain => DrainAsync(context, drain, given.Token),
                ListCommand => AnswerAsync(context, 200, board.List(), ContractJson.Default.ListResult),
                _ => throw new UsageException($"'{command.Name}' is not for the running proxy."),
            }
        );
    }

    private async Task StageAsync(HttpContext context, StageCommand stage, CancellationToken cancellation)
    {
        var result = await board.StageAsync(stage, cancellation);
        await AnswerAsync(context, result.Healthy ? 200 : InVain, result, ContractJson.Default.StageResult);
    }

    private async Task DeployAsync(HttpContext context, DeployCommand deploy, CancellationToken cancellation)
    {
        var result = await board.DeployAsync(deploy, cancellation);
        await AnswerAsync(context, result.Healthy ? 200 : InVain, result, ContractJson.Default.StageResult);
    }

    private async Task DrainAsync(HttpContext context, DrainCommand drain, CancellationToken cancellation)
    {
        var result = await board.DrainAsync(drain, cancellation);
        await AnswerAsync(context, 200, result, ContractJson.Default.DrainResult);
    }

    private static async Task HeldAsync(HttpContext context, Task<DrainResult> hold) =>
        await AnswerAsync(context, 200, await hold, ContractJson.Default.DrainResult);

    private static Task SwitchedAsync(HttpContext context, SwitchResult result) =>
        AnswerAsync(context, 200, result, ContractJson.Default.SwitchResult);

    private Task DoneAsync(HttpContext context, Action act)
    {
        act();
        return AnswerAsync(context, 200, board.List(), ContractJson.Default.ListResult);
    }

    private static Task AnswerAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }
}
