using System.Globalization;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace Endpoints.Serving.Logging;

/// <summary>Log lines through Serilog to the console. Levels are those of the <c>Logging:LogLevel</c> section.</summary>
internal static class SerilogConsole
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static void AddSerilogConsole(this ILoggingBuilder logging, LogFormat format)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.Verbose();
        configuration = format == LogFormat.Json
            ? configuration.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture))
            : configuration.WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        logging.ClearProviders();

        // Not AddSerilog(): it adds a filter of its own that lets everything through, whatever Logging:LogLevel says.
        logging.AddProvider(new SerilogLoggerProvider(configuration.CreateLogger(), dispose: true));
    }
}
