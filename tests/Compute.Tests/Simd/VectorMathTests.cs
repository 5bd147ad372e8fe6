using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;

namespace Endpoints.Compute.Tests.Simd;

/// <summary>The accuracies that the comments of <see cref="VectorMath"/> state, against double over dense grids.</summary>
public sealed class VectorMathTests
{
    private const int Points = 100_000;

    private interface IFunction
    {
        static abstract TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd>;
    }

    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Exp_DenseGrid_IsWithinItsRelativeError(SimdPath path) =>
        Check<ExpFunction>(path, -87, 88, Math.Exp, (_, y) => 2e-7 * y);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Exp_OutsideItsRange_IsClamped(SimdPath path)
    {
        float[] y = Map<ExpFunction>(path, [-1000, float.NegativeInfinity, 1000, float.PositiveInfinity, float.NaN]);
        Near.Check(Math.Exp(-87), y[0], 1e-44, "e^-1000");
        Near.Check(Math.Exp(-87), y[1], 1e-44, "e^-∞");
        Near.Check(Math.Exp(88), y[2], 1e32, "e^1000");
        Near.Check(Math.Exp(88), y[3], 1e32, "e^∞");
        Near.Check(double.NaN, y[4], 0, "e^NaN");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Erf_DenseGrid_IsWithinItsError(SimdPath path) =>
        Check<ErfFunction>(path, -6, 6, ReferenceFunctions.Erf, (_, _) => 4e-7);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Gelu_DenseGrid_IsWithinItsError(SimdPath path)
    {
        Check<GeluFunction>(path, -8, 8, ReferenceFunctions.Gelu, (_, _) => 1e-6);
        Check<GeluFunction>(path, -1000, 1000, ReferenceFunctions.Gelu, (x, _) => 4e-7 * Math.Abs(x));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void GeluRounded_DenseGrid_IsWithinItsError(SimdPath path)
    {
        Check<GeluRoundedFunction>(path, -8, 8, ReferenceFunctions.Gelu, (_, _) => 6e-5);
        Check<GeluRoundedFunction>(path, -1000, 1000, ReferenceFunctions.Gelu, (x, _) => 6e-5 + (7e-6 * Math.Abs(x)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void GeluDerivative_DenseGrid_IsWithinItsError(SimdPath path) =>
        Check<GeluDerivativeFunction>(path, -20, 20, ReferenceFunctions.GeluDerivative, (_, _) => 6e-7);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Tanh_DenseGrid_IsWithinItsError(SimdPath path) =>
        Check<TanhFunction>(path, -50, 50, Math.Tanh, (_, _) => 2e-7);

    [Theory]
    [MemberData(nameof(Paths))]
    public void EveryFunction_NaN_StaysNaNInItsLaneOnly(SimdPath path)
    {
        Poison<ExpFunction>(path);
        Poison<ErfFunction>(path);
        Poison<GeluFunction>(path);
        Poison<GeluRoundedFunction>(path);
        Poison<GeluDerivativeFunction>(path);
        Poison<TanhFunction>(path);
    }

    private static void Poison<TFunction>(SimdPath path)
        where TFunction : struct, IFunction
    {
        for (int position = 0; position < 16; position++)
        {
            var x = new float[16];
            x[position] = float.NaN;
            float[] y = Map<TFunction>(path, x);
            Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(i == position, float.IsNaN(y[i])));
        }
    }

    private static void Check<TFunction>(SimdPath path, double from, double to, Func<double, double> expected, Func<double, double, double> tolerance)
        where TFunction : struct, IFunction
    {
        float[] x = [.. Enumerable.Range(0, Points + 1).Select(i => (float)(from + ((to - from) * i / Points)))];
        float[] y = Map<TFunction>(path, x);
        for (int i = 0; i < x.Length; i++)
        {
            float at = x[i];
            double reference = expected(at);
            Near.Check(reference, y[i], tolerance(at, reference), () => $"{typeof(TFunction).Name}({at:G9}), {path}");
        }
    }

    private static unsafe float[] Map<TFunction>(SimdPath path, float[] x)
        where TFunction : struct, IFunction
    {
        var y = new float[x.Length];
        fixed (float* from = x, to = y)
        {
            SimdDispatch.Run(new Kernel<TFunction>(from, to, x.Length), path);
        }

        return y;
    }

    private readonly unsafe struct Kernel<TFunction>(float* x, float* y, int count) : ISimdKernel
        where TFunction : struct, IFunction
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int i = 0;
            for (; i + TSimd.Width <= count; i += TSimd.Width)
            {
                TSimd.Store(TFunction.Invoke(TSimd.Load(x + i)), y + i);
            }

            for (; i < count; i++)
            {
                SimdScalar.Store(TFunction.Invoke(SimdScalar.Load(x + i)), y + i);
            }
        }
    }

    private readonly struct ExpFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.Exp(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.Erf(x);
    }

    private readonly struct GeluFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.Gelu(x);
    }

    private readonly struct GeluRoundedFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.GeluRounded(x);
    }

    private readonly struct GeluDerivativeFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.GeluDerivative(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => VectorMath.Tanh(x);
    }
}
