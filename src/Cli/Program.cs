using Endpoints.Cli;
using Endpoints.LoadTest;

if (args is ["load", ..])
{
    LoadTester.TakeProcess();
}

return await Application.RunAsync(args, CliHost.Create()).ConfigureAwait(false);
