/// A type of option: how its text becomes a value, how a value is shown, and what to say when it does not fit.
///
/// Kinds are written at the point of use as `.lots`, `.price.above(.zero)` or `.choice(Side.self)`. A plugin makes its own kind with the initialiser.
public struct OptionKind<Value: Sendable>: Sendable {
    /// The type in a word, for documentation: `price`.
    public let name: String
    /// The type with its article, for messages: `a price`.
    public var noun: String
    /// The written form for messages, such as `such as 52000.05`.
    public var form: String?
    /// The words of a closed choice.
    public var words: [String] = []
    /// The permitted range in words.
    public var range: String?
    /// Whether values are never shown.
    public var isSecret = false
    /// How values are shown where they may be.
    public var notation = OptionNotation.text
    /// What a failed read returns so that reading goes on; the value is never used, because a fault was recorded.
    public let placeholder: Value
    /// Reads a text.
    private(set) var parse: @Sendable (String) throws(OptionMismatch) -> Value
    /// The text that would be read back as this value.
    let text: @Sendable (Value) -> String

    /// A kind of option.
    ///
    /// - Parameters:
    ///   - name: one or two words for documentation.
    ///   - noun: the same with its article, to follow "expected".
    ///   - form: how it is written, to stand in brackets behind the noun.
    ///   - placeholder: any value; returned when reading fails.
    ///   - text: the text that reads back as a value.
    ///   - parse: the value of a text; throws ``OptionMismatch`` when it is none.
    public init(
        _ name: String, noun: String, form: String? = nil, placeholder: Value, text: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) throws(OptionMismatch) -> Value
    ) {
        self.name = name
        self.noun = noun
        self.form = form
        self.placeholder = placeholder
        self.text = text
        self.parse = parse
    }

    /// The same kind that also refuses values for which `isValid` is false; `range` says in words what is permitted.
    public func limited(_ range: String, _ isValid: @escaping @Sendable (Value) -> Bool) -> OptionKind {
        let parse = self.parse
        var kind = self
        kind.parse = { text throws(OptionMismatch) in
            let value = try parse(text)
            guard isValid(value) else { throw .outOfRange }
            return value
        }
        kind.range = [self.range, range].compactMap(\.self).joined(separator: " and ")
        return kind
    }

    var nounWithRange: String { range.map { noun + " " + $0 } ?? noun }
}

/// Why a text is not a value of a kind.
public enum OptionMismatch: Error, Hashable, Sendable {
    /// It is not written as such a value.
    case malformed
    /// The same, with a remark that follows the text shown, such as `, which has more than 4 decimals`.
    case remarked(String)
    /// The same, where one of these texts would be right, such as `1%` for `1`; what came from the environment is not shown.
    case meant([String], remark: String)
    /// It is such a value but outside the permitted range.
    case outOfRange
}

extension OptionKind where Value: Comparable {
    /// Only values from `range.lowerBound` to `range.upperBound`, both included.
    public func within(_ range: ClosedRange<Value>) -> OptionKind {
        limited("from \(text(range.lowerBound)) to \(text(range.upperBound))") { range.contains($0) }
    }
    /// Only values of at least `bound`.
    public func atLeast(_ bound: Value) -> OptionKind { limited("of at least \(text(bound))") { $0 >= bound } }
    /// Only values of at most `bound`.
    public func atMost(_ bound: Value) -> OptionKind { limited("of at most \(text(bound))") { $0 <= bound } }
    /// Only values greater than `bound`.
    public func above(_ bound: Value) -> OptionKind { limited("above \(text(bound))") { $0 > bound } }
    /// Only values smaller than `bound`.
    public func below(_ bound: Value) -> OptionKind { limited("below \(text(bound))") { $0 < bound } }
    /// Only values greater than `bound` and at most `limit`.
    public func above(_ bound: Value, atMost limit: Value) -> OptionKind {
        limited("above \(text(bound)) and at most \(text(limit))") { $0 > bound && $0 <= limit }
    }
}
