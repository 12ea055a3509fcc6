/// What was posted for orders of the day that are over, so that a trade which the broker tells otherwise later is noticed.
///
/// Only orders that ended while this process decided are known: what an earlier one posted is not read again for it.
struct SettledFills: Sendable {
    private var tags = EndedTags()
    private var fills = EndedTags()

    /// Remembers an order that is over, with trades that were posted for it and maybe for others.
    mutating func note(_ tag: Tag, _ posted: [PostedTrade]) {
        tags.insert(tag)
        for trade in posted { fills.insert(Self.name(of: trade)) }
    }

    /// The first trade of a report on a known order that was not posted as it stands there; from now on it is known.
    mutating func firstUnknown(in report: OrderReport, of tag: Tag) -> Fill? {
        guard tags.contains(tag) else { return nil }
        let unknown = report.fills.filter { fills.insert(Self.name(of: PostedTrade($0))) }
        return unknown.first
    }

    /// Everything that the books have of a trade.
    private static func name(of trade: PostedTrade) -> Tag { Tag("\(trade.id) \(trade.quantity) \(trade.price)") }
}
