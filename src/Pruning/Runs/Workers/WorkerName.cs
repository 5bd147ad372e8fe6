using System.Globalization;
using System.Security.Cryptography;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>A name that no other worker has, on any machine, and that is a file name: machine, process, four random digits.</summary>
internal static class WorkerName
{
    public static string Create()
    {
        string machine = string.Concat(Environment.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(40));
        return string.Create(CultureInfo.InvariantCulture, $"{machine}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
    }
}
