/// One handling of one event: its time, its randomness, and what it leads to.
struct Transition {
    let at: Instant
    private let entropy: Entropy
    private let incarnation: Incarnation
    private var tagCount: UInt64 = 0
    private(set) var transaction = Transaction()
    private(set) var effects: [Effect] = []
    private(set) var touched: [InstrumentName] = []
    /// Moves that cannot be, in sentences for people.
    private var refused: [String] = []
    /// How many moves were refused, told or not.
    private(set) var refusedCount = 0
    /// What could not be booked, in sentences for people.
    private var unbooked: [String] = []

    init(_ stimulus: Stimulus, incarnation: Incarnation) {
        at = stimulus.at
        entropy = stimulus.entropy
        self.incarnation = incarnation
    }

    /// Has the scope's changed records written at the end of the transition.
    mutating func touch(_ scope: InstrumentName) {
        if !touched.contains(scope) { touched.append(scope) }
    }

    /// Keeps a sentence on something that could not be booked.
    mutating func leaveUnbooked(_ sentence: String) { unbooked.append(sentence) }

    /// The sentences so far, once.
    mutating func takeUnbooked() -> [String] {
        defer { unbooked = [] }
        return unbooked
    }

    /// Keeps a sentence on a move that cannot be.
    mutating func refuse(_ sentence: String) {
        refused.append(sentence)
        refusedCount += 1
    }

    /// The sentences on such moves so far, once.
    mutating func takeRefused() -> [String] {
        guard !refused.isEmpty else { return [] }
        defer { refused = [] }
        return refused
    }

    mutating func perform(_ effect: Effect) { effects.append(effect) }

    mutating func insert(_ record: some Record) { transaction.insert(record) }

    mutating func write(_ change: (inout Transaction) -> Void) { change(&transaction) }

    /// A new tag: a prefix and 90 bits in base 32, of which an outsider can guess nothing.
    mutating func newTag() -> Tag {
        tagCount += 1
        var high = SplitMix64.mixed(entropy.high &+ tagCount &* 0x9E37_79B9_7F4A_7C15)
        var low = SplitMix64.mixed(entropy.low ^ high)
        return Tag(
            AsciiText.text(capacity: 20) { text in
                for letter in Tag.prefix.unicodeScalars { text.append(letter) }
                for _ in 0..<9 {
                    text.append(Self.letter(high))
                    text.append(Self.letter(low))
                    high >>= 5
                    low >>= 5
                }
            })
    }

    /// A to Z and 2 to 7, by the lowest five bits.
    private static func letter(_ bits: UInt64) -> Unicode.Scalar {
        let number = UInt8(bits & 31)
        return Unicode.Scalar(number < 26 ? 65 + number : 24 + number)
    }
}

extension Tag {
    /// Every tag of ours begins with this, so that orders without a row can be told from other people's.
    public static let prefix = "MU"
    /// Whether the tag is of our making.
    public var isOurs: Bool { text.utf8.count == 20 && text.hasPrefix(Self.prefix) }
}
