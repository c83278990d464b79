using System.Collections.Concurrent;
using System.Reflection;
using Acquisition.Tests.Support;
using Xunit;
using Xunit.v3;

[assembly: TimeLimit(minutes: 5)]

namespace Acquisition.Tests.Support;

/// <summary>Cancels a test that takes too long, so that what waits with its token for something that does not come fails and says where. The longest takes a minute.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TimeLimitAttribute(int minutes) : BeforeAfterTestAttribute
{
    private readonly ConcurrentDictionary<string, Timer> _timers = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ITestContext context = TestContext.Current;
        _timers[test.UniqueID] = new Timer(_ => context.CancelCurrentTest(), null, TimeSpan.FromMinutes(minutes), Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_timers.TryRemove(test.UniqueID, out Timer? timer)) timer.Dispose();
    }
}
