/// What one option of a plugin or of the host means, recorded at the place where the option is read.
public struct OptionDescription: Hashable, Codable, Sendable {
    /// The option within its section, such as `sizing.risk`; `NAME` stands for a name that the user chooses, `[]` for each element of a list.
    public var path: String
    /// The type in words, such as `price` or `list of text`.
    public var type: String
    /// How a value is shown among those that hold.
    public var notation: OptionNotation
    /// The words that a choice knows; empty for other types.
    public var words: [String]
    /// The unit, such as `INR per lot`, where the type does not say it.
    public var unit: String?
    /// The permitted range in words, such as `above 0`.
    public var range: String?
    /// The default as it would be written in a file, in quotes where needed; nil when the option is required, or when leaving it out means "none".
    public var defaultText: String?
    /// Whether the option must be given.
    public var isRequired: Bool
    /// Whether the value is never shown.
    public var isSecret: Bool
    /// One sentence.
    public var summary: String

    /// A description.
    public init(
        path: String, type: String, notation: OptionNotation = .text, words: [String] = [], unit: String? = nil, range: String? = nil,
        defaultText: String? = nil,
        isRequired: Bool = false, isSecret: Bool = false, summary: String
    ) {
        self.path = path
        self.type = type
        self.notation = notation
        self.words = words
        self.unit = unit
        self.range = range
        self.defaultText = defaultText
        self.isRequired = isRequired
        self.isSecret = isSecret
        self.summary = summary
    }
}
