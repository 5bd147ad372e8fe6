using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Endpoints.Serving.Options;

/// <summary>Bounds a duration, both ends included. <see cref="RangeAttribute"/> can do so only through type converters, which do not survive trimming.</summary>
/// <param name="minimum">As <c>hh:mm:ss.fff</c>.</param>
/// <param name="maximum">As <c>hh:mm:ss.fff</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeSpanRangeAttribute(string minimum, string maximum)
    : ValidationAttribute($"The field {{0}} must be between {minimum} and {maximum} (hours:minutes:seconds).")
{
    private readonly TimeSpan _minimum = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);
    private readonly TimeSpan _maximum = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not TimeSpan duration || (duration >= _minimum && duration <= _maximum);
}
