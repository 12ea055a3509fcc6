public import MunimKit

/// The sizing rules that the host brings along.
public enum BuiltInSizing {
    /// Every rule, in the order of the documentation.
    public static var all: [any SizingPlugin.Type] { [ThreeConstraint.self, AsSignalled.self, FixedLots.self] }
}
