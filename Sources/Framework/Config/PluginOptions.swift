/// A plugin's configuration: the one place where its options are named, typed, defaulted, bounded and explained.
///
/// The same initialiser reads a file, collecting every fault, and describes the options for documentation, where nothing is given. So it reads all
/// options in every run: never behind a condition on another option's value, or that option is missing from the documentation.
public protocol PluginOptions: Sendable {
    /// Reads every option; faults are collected by the reader and what is returned is used only when there were none.
    init(from reader: inout OptionReader)
}

/// The options of a plugin that has none.
public struct NoOptions: PluginOptions {
    /// Reads nothing.
    public init(from reader: inout OptionReader) {}
    /// No options.
    public init() {}
}

extension PluginOptions {
    /// The options that a tree describes, or all its faults; for tests and for presets written in code.
    ///
    /// - Parameter environment: answers environment references; by default no variable is set.
    public static func read(
        _ node: ConfigNode, file: String = "options", environment: EnvironmentReferences = EnvironmentReferences { _ in nil }
    ) throws(ConfigFaults) -> Self {
        let (expanded, broken) = environment.expanding(node, file: file)
        let (value, faults) = OptionReader.read(expanded, file: file) { Self(from: &$0) }
        if let faults = ConfigFaults(broken + faults) { throw faults }
        return value
    }

    /// Every option in the order in which it is read.
    public static func descriptions() -> [OptionDescription] { OptionReader.describe { _ = Self(from: &$0) } }
}
