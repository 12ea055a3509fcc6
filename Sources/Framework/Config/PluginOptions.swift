/// Reads options one by one; replaced by the full reader of configuration.
public struct OptionReader: Sendable {
    /// Creates a reader over nothing.
    public init() {}
}

/// A plugin's configuration: the one place where its options are named, typed, defaulted and bounded.
public protocol PluginOptions: Sendable {
    /// Reads every option; faults are collected by the reader.
    init(from reader: inout OptionReader)
}
