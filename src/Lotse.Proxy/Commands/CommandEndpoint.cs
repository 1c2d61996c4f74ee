using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;

namespace Lotse.Proxy.Commands;

/// <summary>Carries out commands that come through the control socket: argv in, JSON out. 200 done, 400 misuse, 409 failed.</summary>
internal sealed class CommandEndpoint(Switchboard board)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync(
                context.Request.Body,
                ContractJson.Default.CommandRequest,
                context.RequestAborted
            );
            await RunAsync(context, ProxyCommand.Parse(request?.Arguments ?? []));
        }
        catch (UsageException misuse)
        {
            await AnswerAsync(context, 400, new ErrorResult(misuse.Message), ContractJson.Default.ErrorResult);
        }
        catch (IOException broken)
        {
            var error = new ErrorResult($"The state could not be written: {broken.Message} Nothing was changed.");
            await AnswerAsync(context, 409, error, ContractJson.Default.ErrorResult);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone; what they asked for was given up with them.
        }
    }

    private Task RunAsync(HttpContext context, ProxyCommand command) =>
        command switch
        {
            StageCommand stage => StageAsync(context, stage),
            DeployCommand deploy => DeployAsync(context, deploy),
            SwitchCommand change => SwitchedAsync(context, board.Switch(change.Service)),
            RevertCommand back => SwitchedAsync(context, board.Revert(back.Service)),
            AbortCommand abort => DoneAsync(context, () => board.Abort(abort.Service)),
            RemoveCommand remove => DoneAsync(context, () => board.Remove(remove.Service)),
            DrainCommand drain => DrainAsync(context, drain),
            ListCommand => AnswerAsync(context, 200, board.List(), ContractJson.Default.ListResult),
            _ => throw new UsageException($"'{command.Name}' is not for the running proxy."),
        };

    private async Task StageAsync(HttpContext context, StageCommand stage)
    {
        var result = await board.StageAsync(stage.Service, stage.Target, stage.Options, context.RequestAborted);
        await AnswerAsync(context, result.Healthy ? 200 : 409, result, ContractJson.Default.StageResult);
    }

    private async Task DeployAsync(HttpContext context, DeployCommand deploy)
    {
        var result = await board.StageAsync(deploy.Service, deploy.Target, deploy.Options, context.RequestAborted);
        if (result.Healthy)
        {
            board.Switch(deploy.Service);
            await board.DrainAsync(deploy.Service, deploy.Options.DrainTimeout, context.RequestAborted);
        }

        await AnswerAsync(context, result.Healthy ? 200 : 409, result, ContractJson.Default.StageResult);
    }

    private async Task DrainAsync(HttpContext context, DrainCommand drain)
    {
        var result = await board.DrainAsync(drain.Service, drain.Timeout, context.RequestAborted);
        await AnswerAsync(context, 200, result, ContractJson.Default.DrainResult);
    }

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
