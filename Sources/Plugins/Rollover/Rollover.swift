public import MunimKit

/// The rollover rules that the host brings along.
public enum BuiltInRollover {
    /// Every rule, in the order of the documentation.
    public static var all: [any RolloverPlugin.Type] {
        [DaysBeforeExpiry.self, TenderPeriod.self, OpenInterestCrossover.self, NeverRoll.self]
    }
}
