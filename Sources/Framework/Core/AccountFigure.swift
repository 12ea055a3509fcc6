/// What the broker last said that the account holds, and how far that can be relied on.
///
/// The books add up to a figure of each contract; the broker has another. They fit when they are equal, or when the difference is a trade of the last
/// moments that the broker's figure need not show yet. Whatever else lies between them somebody else did: a person at the broker's terminal, another
/// program, a commit that was lost.
struct AccountFigure: Sendable {
    /// Units that a trade of ours added to a contract, when it was traded by the broker's clock, and when the records took it.
    private struct Flow: Equatable {
        let tradedAt: Instant
        let at: Instant
        let units: Int64
    }

    /// The last answer of the broker, and when it came; nil before the first.
    private var last: (reading: PositionsReading, takenAt: Instant)?
    /// Readings that began before do not tell what the account holds now.
    private let doubtedAt: Instant
    /// Before this others may have traded; rows that are read anew in the middle of a life do not change it.
    private var bornAt: Instant
    /// When trades came whose commit failed: the rows may hold them all the same. Only looked up, never walked.
    private var lost: [String: Instant] = [:]
    /// Contracts in which somebody else traded, from the first to the last that was told, until a newer reading is there; only looked up, never
    /// walked.
    private var unexplained: [String: (first: Instant, last: Instant)] = [:]
    /// When the reading began that was last held against the books; nil before the first.
    private(set) var comparedAt: Instant?
    /// Contracts in which that reading did not fit the books.
    private var differing: Set<String> = []
    /// Trades of the last minute by contract; only looked up, never walked.
    private var flows: [String: [Flow]] = [:]
    /// Contracts in which the records took a trade since the last answer came.
    private var tradedSince: Set<String> = []
    /// How long a trade may be missing in the broker's figure.
    private let lag: Span

    init(lag: Span, at: Instant) {
        self.lag = lag
        doubtedAt = at
        bornAt = at
    }

    /// Notes that somebody else traded in a contract.
    mutating func doubt(_ symbol: String, at: Instant) { unexplained[symbol] = (unexplained[symbol]?.first ?? at, at) }

    /// Takes an answer of the broker; false when it began too early to tell anything.
    mutating func take(_ reading: PositionsReading, at: Instant) -> Bool {
        guard reading.startedAt >= doubtedAt else { return false }
        last = (reading, at)
        tradedSince = []
        unexplained = unexplained.filter { $0.value.last > reading.startedAt }
        return true
    }

    /// Notes that an answer was held against the books, and in which contracts the two did not fit.
    mutating func noteComparison(_ reading: PositionsReading, differingIn symbols: Set<String>) {
        comparedAt = reading.startedAt
        differing = symbols
    }

    /// The last answer, when it tells what the account holds of a contract at `at`.
    ///
    /// A call may take seven seconds, and its answer is used within one: what waited longer, as for a full disk, is old.
    func reading(of symbol: String, at: Instant) -> PositionsReading? {
        guard let last, at - last.takenAt <= .seconds(1), at - last.reading.startedAt <= .seconds(8), !tradedSince.contains(symbol) else {
            return nil
        }
        // Who trades all the time must not keep every exit waiting.
        if let doubt = unexplained[symbol], at - doubt.first < .seconds(2) { return nil }
        return last.reading
    }

    /// Units of a contract in the last answer since the rows were read, however old it is; nil when there was none.
    func lastUnits(of symbol: String) -> Int64? { last?.reading.positions?.netUnits(of: symbol) }

    /// Notes that the records took a trade.
    mutating func note(_ units: Int64, of symbol: String, tradedAt: Instant, at: Instant) {
        tradedSince.insert(symbol)
        var recent = flows[symbol] ?? []
        recent.removeAll { $0.at < at - .minutes(1) }
        recent.append(Flow(tradedAt: min(tradedAt, at), at: at, units: units))
        flows[symbol] = recent
    }

    /// What is remembered of trades outlives rows that are read anew.
    mutating func takeOver(from previous: AccountFigure) { (flows, lost, bornAt) = (previous.flows, previous.lost, previous.bornAt) }

    /// Notes the trades of a batch that was taken back.
    mutating func noteLost(from later: AccountFigure) {
        for (symbol, recent) in later.flows where recent != flows[symbol] ?? [] { lost[symbol] = recent.last?.at }
    }

    /// Units that trades of the last moments took from a side of a contract, and that a figure may still show.
    func unshown(_ symbol: String, _ direction: Int64, readAt: Instant) -> Int64 {
        (flows[symbol] ?? []).reduce(0) { $1.at + lag > readAt ? $0 &+ max(0, 0 &- $1.units &* direction) : $0 }
    }

    /// From when on a figure of a contract shows every trade that the records hold; nil when no recent one is known.
    func settledAt(_ symbol: String) -> Instant? { flows[symbol]?.last.map { $0.at + lag } }

    /// From when on a figure of a contract that differs from the books may be believed: trades of an earlier process, too, are in it by then.
    func believableAt(_ symbol: String) -> Instant {
        max(bornAt + lag, lost[symbol].map { $0 + lag } ?? bornAt, settledAt(symbol) ?? bornAt)
    }

    /// Whether what was read before fits the books, so that trades of the last moments are all that a newer figure may miss.
    func isFollowed(_ symbol: String) -> Bool { comparedAt != nil && !differing.contains(symbol) }

    /// Whether `units` of a figure fit `recorded` units of the books, of which trades of the last moments may be missing.
    ///
    /// A trade that was heard of late is none of the last moments: it would hide what somebody else did since.
    func fits(_ units: Int64, recorded: Int64, of symbol: String, readAt: Instant) -> Bool {
        var (lowest, highest) = (recorded, recorded)
        for flow in flows[symbol] ?? [] where flow.tradedAt + lag > readAt {
            if flow.units > 0 { lowest &-= flow.units } else { highest &-= flow.units }
        }
        return (lowest...max(lowest, highest)).contains(units)
    }
}
