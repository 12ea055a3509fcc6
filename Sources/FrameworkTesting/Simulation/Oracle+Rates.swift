import MunimKit

/// I19: how many orders left within a second, a minute and a day, and how many of them opened something.
struct OracleRates: Sendable {
    /// An order that left.
    struct Departure: Sendable {
        let at: Instant
        let opens: Bool
    }

    /// Those of the last minute by the clock of the process that counts, ascending; of all processes under one name where clocks are true.
    var last: [Incarnation: [Departure]] = [:]
    var days: [Incarnation: [TradingDay: Int]] = [:]
}

extension Oracle {
    mutating func countOrder(_ order: OrderRecord, by process: Incarnation) {
        guard let rate, let sentAt = order.sentAt else { return }
        let counter = hasTrueClocks ? "all" : process
        var last = rates.last[counter] ?? []
        last.removeAll { $0.at <= sentAt - .minutes(2) }
        let place = last.lastIndex { $0.at <= sentAt }.map { $0 + 1 } ?? 0
        last.insert(OracleRates.Departure(at: sentAt, opens: order.action == .open), at: place)
        rates.last[counter] = last
        let day = TradingDay(of: sentAt)
        rates.days[counter, default: [:]][day, default: 0] += 1
        let opens = order.action == .open
        check(order, last, .seconds(1), opens ? shareOfEntries(rate.perSecond, rate) : rate.perSecond)
        check(order, last, .minutes(1), opens ? max(1, shareOfEntries(rate.perMinute, rate)) : rate.perMinute)
        let perDay = opens ? shareOfEntries(rate.perDay, rate) : rate.perDay
        let later = opens ? last.count { $0.at == sentAt && !$0.opens } : 0
        let ofDay = (rates.days[counter]?[day] ?? 0) - later
        if ofDay > perDay { breach("I19", "\(order.tag) is number \(ofDay) of its day, \(perDay) may leave") }
    }

    /// Some places of each second are left to what reduces risk, and the same share of a minute and a day.
    private func shareOfEntries(_ limit: Int, _ rate: OrderRate) -> Int {
        limit * max(1, rate.perSecond - policy.reservedRate) / max(1, rate.perSecond)
    }

    /// The window that ends with the order. Which of two gates of one moment came first is not known: what reduces risk counts as the later one.
    private mutating func check(_ order: OrderRecord, _ last: [OracleRates.Departure], _ span: Span, _ most: Int) {
        guard let sentAt = order.sentAt else { return }
        let opens = order.action == .open
        let count = last.count { $0.at > sentAt - span && ($0.at < sentAt || ($0.at == sentAt && ($0.opens || !opens))) }
        if count > most { breach("I19", "\(order.tag) is number \(count) within \(span), \(most) may leave") }
    }
}
