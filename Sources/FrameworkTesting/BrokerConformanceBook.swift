public import MunimKit

/// What a listener knows of orders after hearing reports in any order and any number of times.
///
/// A finished order never becomes unfinished, trades are joined by their number, and of two reports the later one speaks for the rest; so the outcome does
/// not depend on the order of hearing.
public struct HeardBook: Hashable, Sendable {
    private var known: [BrokerOrderID: OrderReport] = [:]

    /// A listener that has heard nothing.
    public init() {}

    /// All orders heard of, by number.
    public var orders: [OrderReport] { known.values.sorted { $0.orderID < $1.orderID } }

    /// Takes one report in.
    public mutating func hear(_ report: OrderReport) {
        guard let before = known[report.orderID] else {
            known[report.orderID] = report
            return
        }
        var merged = Self.speaksFor(report, before) ? report : before
        let fills = Dictionary(grouping: before.fills + report.fills, by: \.id).compactMap(\.value.first)
        merged.fills = fills.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        merged.updatedAt = max(before.updatedAt, report.updatedAt)
        known[report.orderID] = merged
    }

    /// Whether the left report is the later one: finished before unfinished, then by time, by trades and at last by name, so that one of two always is.
    private static func speaksFor(_ left: OrderReport, _ right: OrderReport) -> Bool {
        if left.state.isTerminal != right.state.isTerminal { return left.state.isTerminal }
        if left.updatedAt != right.updatedAt { return left.updatedAt > right.updatedAt }
        if left.fills.count != right.fills.count { return left.fills.count > right.fills.count }
        return left.state.rawValue > right.state.rawValue
    }
}
