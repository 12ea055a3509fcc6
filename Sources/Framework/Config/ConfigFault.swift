/// One fault of a configuration, as a sentence with the place where it stands.
public struct ConfigFault: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// Where in the file.
    public let mark: Mark
    /// Which option, such as `instruments.ALPHA.sizing.risk`; empty when the file as a whole is meant. List elements count from 1: `tests[1]`.
    public let path: String
    /// What is wrong, what was expected, and the nearest known word.
    public let message: String

    /// A fault.
    public init(file: String, mark: Mark, path: String, message: String) {
        self.file = file
        self.mark = mark
        self.path = path
        self.message = message
    }

    /// `file:line:column: path: message`.
    public var description: String { "\(file):\(mark): \(path.isEmpty ? "" : path + ": ")\(message)" }
}

extension ConfigFault: Comparable {
    /// Ordered by place, then by path and message, so that a report is always the same.
    public static func < (left: ConfigFault, right: ConfigFault) -> Bool {
        (left.file, left.mark, left.path, left.message) < (right.file, right.mark, right.path, right.message)
    }
}

/// All faults of one configuration, thrown together; never empty.
public struct ConfigFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults, ordered by place.
    public let faults: [ConfigFault]

    /// The error for a list of faults, or nil when there are none.
    public init?(_ faults: [ConfigFault]) {
        guard !faults.isEmpty else { return nil }
        self.faults = faults.sorted()
    }

    /// One line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
