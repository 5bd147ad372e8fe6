using Endpoints.Cli;

return await Application.RunAsync(args, CliHost.Create()).ConfigureAwait(false);
