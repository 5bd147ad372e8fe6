using System.Collections.Immutable;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Batching;

/// <summary>
/// What the endpoints that use a queue together ask of it: the sum of their weights, and the strictest of each limit (they start out alike, and a reload
/// may part them). Of two versions of one name, of which one is on its way out, the newer counts.
/// </summary>
internal sealed class QueueTerms
{
    private ImmutableArray<User> _users = [];

    /// <summary>The names of its users, for logs.</summary>
    public string Names { get; private set; } = "";

    /// <summary>The names of the other users.</summary>
    public IReadOnlyList<string> NamesBeside(string name) => [.. _users.Select(user => user.Name).Where(other => other != name).Distinct()];

    /// <summary>True while somebody uses the queue.</summary>
    public bool IsUsed => !_users.IsEmpty;

    public int MaxBatchTokens => Least(options => options.MaxBatchTokens, int.MaxValue);

    public int MaxBatchRows => Least(options => options.MaxBatchRows, int.MaxValue);

    public TimeSpan MaxBatchDuration => Least(options => options.MaxBatchDuration, TimeSpan.MaxValue);

    /// <summary>As it is now: a reload may change it, and users come and go.</summary>
    public double Weight
    {
        get
        {
            ImmutableArray<User> users = _users;
            double sum = 0;
            for (int i = 0; i < users.Length; i++)
            {
                sum += IsNewest(users, i) ? users[i].Options.Weight : 0;
            }

            return sum;
        }
    }

    /// <summary>The terms of one user.</summary>
    public static QueueTerms Of(string name, EndpointOptions options)
    {
        var terms = new QueueTerms();
        terms.Join(name, options);
        return terms;
    }

    public void Join(string name, EndpointOptions options) => Use([.. _users, new User(name, options)]);

    public void Leave(EndpointOptions options) => Use(_users.RemoveAll(user => ReferenceEquals(user.Options, options)));

    private void Use(ImmutableArray<User> users)
    {
        Names = string.Join(" and ", users.Select(user => user.Name).Distinct());
        ImmutableInterlocked.InterlockedExchange(ref _users, users);
    }

    // Each batch asks: a lambda that captures nothing is made once, and nothing else is.
    private T Least<T>(Func<EndpointOptions, T> limit, T least)
        where T : IComparable<T>
    {
        foreach (User user in _users)
        {
            T own = limit(user.Options);
            least = own.CompareTo(least) < 0 ? own : least;
        }

        return least;
    }

    private static bool IsNewest(ImmutableArray<User> users, int index)
    {
        for (int i = index + 1; i < users.Length; i++)
        {
            if (users[i].Name == users[index].Name)
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct User(string Name, EndpointOptions Options);
}
