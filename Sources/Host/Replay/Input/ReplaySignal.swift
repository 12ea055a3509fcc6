import MunimKit

/// A signal with the time at which it arrives and the place it comes from.
struct ReplaySignal: Sendable {
    /// Arrival, in virtual time.
    var at: Instant
    var signal: Signal
    /// What tells a resend from a conflict.
    var digest: String
    /// The body as it came; empty for a signal that was made from a trade list.
    var body: String
    /// Place among signals of one moment: what gives way before what takes.
    var rank: Rank
    /// The line of its file.
    var line: Int

    /// The order of signals that arrive at one moment.
    enum Rank: Int, Comparable, Sendable {
        case exit, baseEntry, pyramid
        /// The exit of a layer that was entered at the same moment.
        case lateExit

        /// The rank of a kind; market data counts with exits, because stops follow from it.
        init(_ kind: SignalKind) {
            switch kind {
            case .exit, .marketData: self = .exit
            case .baseEntry: self = .baseEntry
            case .pyramid: self = .pyramid
            }
        }

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    init(at: Instant, signal: Signal, digest: String, body: String = "", rank: Rank? = nil, line: Int) {
        self.at = at
        self.signal = signal
        self.digest = digest
        self.body = body
        self.rank = rank ?? Rank(signal.kind)
        self.line = line
    }

    private var layerNumber: Int {
        switch signal.target {
        case .layer(let layer): layer.number
        case .all, .none: 0
        }
    }

    /// The signals of all files in order of time; at one moment exits come before entries, bases before pyramids, lower layers first.
    static func merged(_ files: [[ReplaySignal]]) -> [ReplaySignal] {
        let all = files.flatMap(\.self)
        let order = all.indices.sorted { left, right in
            let (one, other) = (all[left], all[right])
            return (one.at, one.rank, one.layerNumber, left) < (other.at, other.rank, other.layerNumber, right)
        }
        return order.map { all[$0] }
    }
}

/// What a file contributes to a replay.
struct ReplayInput: Sendable {
    /// The file as it was named.
    let file: String
    /// What kind of file it is, such as `trade list` or `recorded signals`.
    let kind: String
    let signals: [ReplaySignal]
    /// Prices at which what is still open at the end is valued; instruments without one use the last price heard.
    var marks: [InstrumentName: EndMark] = [:]
    /// Whether volatility, stops and efficiency were made up because the file has none.
    var hasSyntheticIndicators = false
    /// Sentences for the report.
    var notes: [String] = []
}

/// The price that values what is open at the end of a run.
struct EndMark: Equatable, Sendable {
    let at: Instant
    let price: Price
}
