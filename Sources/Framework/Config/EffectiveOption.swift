/// An option as it holds: given in the file or defaulted. To be shown to people; a secret is only named.
public struct EffectiveOption: Hashable, Sendable {
    /// The key within its section.
    public let key: String
    /// What holds.
    public let value: EffectiveValue

    /// An option with what holds.
    public init(key: String, value: EffectiveValue) {
        self.key = key
        self.value = value
    }
}

/// What holds for an option.
public indirect enum EffectiveValue: Hashable, Sendable {
    /// It was left out, and nothing stands in its place.
    case nothing
    /// Text that would be read back as the value, or ``Secret/redacted``.
    case text(String)
    /// The digits of a whole number.
    case number(String)
    /// Yes or no.
    case flag(Bool)
    /// The elements of a list.
    case list([EffectiveValue])
    /// The options of a section, in the order in which they were read.
    case section([EffectiveOption])
}

/// How the values of a kind of option are shown beside others.
public enum OptionNotation: String, Codable, Sendable {
    /// As text.
    case text
    /// As a whole number.
    case number
    /// As yes or no.
    case flag
}

extension OptionKind {
    /// `value` to be shown.
    func effective(_ value: Value) -> EffectiveValue {
        guard !isSecret else { return .text(Secret.redacted) }
        return switch notation {
        case .text: .text(text(value))
        case .number: .number(text(value))
        case .flag: .flag(text(value) == "true")
        }
    }
}
