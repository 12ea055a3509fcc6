/// A place in a configuration file; line and column count from 1, columns in characters.
public struct Mark: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a file.
    public static let start = Mark(line: 1, column: 1)

    /// Ordered as read.
    public static func < (left: Mark, right: Mark) -> Bool { (left.line, left.column) < (right.line, right.column) }

    /// `line:column`.
    public var description: String { "\(line):\(column)" }
}

/// One node of a configuration tree, with the place where it was written; says nothing about the format of the file.
///
/// Can be written as a literal in code, for tests and embedded presets: `["lots": 3, "hours": ["09:15-15:30"]]`; literals stand at line 1.
public struct ConfigNode: Hashable, Sendable {
    /// Where the node starts.
    public let mark: Mark
    /// What it is.
    public let content: Content

    /// What a node can be.
    public indirect enum Content: Hashable, Sendable {
        /// Text without further structure.
        case scalar(Scalar)
        /// A list.
        case sequence([ConfigNode])
        /// Keys with values, in the order of the file, duplicates included.
        case mapping([Entry])
    }

    /// One key of a mapping with its value.
    public struct Entry: Hashable, Sendable {
        /// The key's text.
        public let key: String
        /// Where the key stands.
        public let mark: Mark
        /// The value.
        public let value: ConfigNode

        /// A key with its value.
        public init(key: String, mark: Mark, value: ConfigNode) {
            self.key = key
            self.mark = mark
            self.value = value
        }
    }

    /// The text of a leaf, as it was written.
    public struct Scalar: Hashable, Sendable {
        /// Where the text of a scalar came from.
        public enum Origin: Hashable, Sendable {
            /// Written in the file as it is.
            case file
            /// The result of replacing the environment references in this raw text; never shown to people.
            case environment(raw: String)
            /// An environment reference failed and is already reported.
            case broken
        }

        /// The text, references expanded when there were any.
        public let text: String
        /// Whether it was written in quotes.
        public let isQuoted: Bool
        /// Where the text came from.
        public let origin: Origin

        /// A scalar.
        public init(_ text: String, isQuoted: Bool = false, origin: Origin = .file) {
            self.text = text
            self.isQuoted = isQuoted
            self.origin = origin
        }

        /// Whether it stands for nothing at all: empty, `~` or `null`, without quotes.
        public var isNothing: Bool { !isQuoted && (text.isEmpty || text == "~" || text == "null") && origin != .broken }
    }

    /// A node.
    public init(_ content: Content, mark: Mark = .start) {
        self.content = content
        self.mark = mark
    }

    /// Whether the node stands for nothing at all.
    public var isNothing: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.isNothing
    }
}

extension ConfigNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A quoted text.
    public init(stringLiteral text: String) { self.init(.scalar(Scalar(text, isQuoted: true))) }
    /// A whole number.
    public init(integerLiteral number: Int) { self.init(.scalar(Scalar(String(number)))) }
    /// `true` or `false`.
    public init(booleanLiteral flag: Bool) { self.init(.scalar(Scalar(String(flag)))) }
}

extension ConfigNode: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A list.
    public init(arrayLiteral elements: ConfigNode...) { self.init(.sequence(elements)) }
    /// Keys with values, in the order written.
    public init(dictionaryLiteral elements: (String, ConfigNode)...) {
        self.init(.mapping(elements.map { Entry(key: $0.0, mark: .start, value: $0.1) }))
    }
}
