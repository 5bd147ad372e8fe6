using System.ComponentModel.DataAnnotations;
using Endpoints.Compute;

namespace Endpoints.Serving.Options;

/// <summary>Accepts the name of a precision, or <see cref="PrecisionName.Auto"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PrecisionChoiceAttribute() : ValidationAttribute($"The field {{0}} must be {PrecisionName.AllOrAuto}.")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => PrecisionName.IsChoice(value as string);
}
