using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Tests.Batching;

public sealed class QueueTermsTests
{
    [Fact]
    public void Limits_ThatAReloadParted_AreTheStrictest()
    {
        var other = new EndpointOptions();
        var terms = QueueTerms.Of("one", new EndpointOptions());
        terms.Join("two", other);

        (other.MaxBatchRows, other.MaxBatchTokens, other.MaxBatchDuration) = (7, 80, TimeSpan.FromMilliseconds(3));

        Assert.Equal((7, 80, TimeSpan.FromMilliseconds(3)), (terms.MaxBatchRows, terms.MaxBatchTokens, terms.MaxBatchDuration));
        terms.Leave(other);
        Assert.Equal((64, 2_048, TimeSpan.FromMilliseconds(50)), (terms.MaxBatchRows, terms.MaxBatchTokens, terms.MaxBatchDuration));
    }

    [Fact]
    public void Weight_OfANameThatIsBeingReplaced_CountsOnce()
    {
        var old = new EndpointOptions { Weight = 2 };
        var terms = QueueTerms.Of("one", old);
        terms.Join("two", new EndpointOptions { Weight = 10 });
        terms.Join("one", new EndpointOptions { Weight = 3 });

        Assert.Equal((13, "one and two"), (terms.Weight, terms.Names));
        terms.Leave(old);
        Assert.Equal((13, true), (terms.Weight, terms.IsUsed));
    }
}
