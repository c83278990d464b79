namespace Acquisition.Core;

/// <summary>Consecutive time points, both ends included.</summary>
public readonly record struct TimePointRange(int First, int Last);
