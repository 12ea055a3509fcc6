package import MunimKit

/// One contract of a family: the month that names it and the day on which it ends.
package struct ContractMonth: Hashable, Sendable {
    /// Year of the contract month.
    package let year: Int
    /// The contract month, 1 to 12; the expiry may lie before it.
    package let month: Int
    /// The last trading day.
    package let expiry: TradingDay
}

/// The contracts of a family in time: an explicit list of expiries where there is one, a dated rule before and after it.
package struct ContractMonths: Hashable, Sendable {
    /// The rule; a change holds for contract months that begin on or after its day.
    package let rules: DatedTable<ExpiryRule>
    /// Known expiries, ascending; from the month of the first to the month of the last one there are no others.
    package let listed: [TradingDay]
    /// Where holidays come from.
    package let calendar: TradingCalendar

    /// Contracts by rule, overridden by a list in any order.
    package init(rules: DatedTable<ExpiryRule>, listed: [TradingDay] = [], calendar: TradingCalendar) {
        self.rules = rules
        self.listed = listed.sorted()
        self.calendar = calendar
    }

    /// Why the list cannot be right: two expiries in one month, or one on a day on which nothing can expire; nil when it can be.
    package var fault: String? {
        for (day, next) in zip(listed, listed.dropFirst()) where Self.index(of: day) == Self.index(of: next) {
            return "expected one expiry in each month, found \(day) and \(next)"
        }
        guard let closed = listed.first(where: { !calendar.isWorkingDay($0) }) else { return nil }
        return "expected working days of the \(calendar.name) calendar, found \(closed)"
    }

    /// The next `count` contracts that expire on or after `day`, ascending; fewer near the end of the calendar.
    package func contracts(onOrAfter day: TradingDay, count: Int) -> [ContractMonth] {
        guard TradingCalendar.isInRange(day), count > 0 else { return [] }
        var contracts: [ContractMonth] = []
        let start = Self.index(of: day)
        for index in start...start + 24 + 12 * min(count, 1_000) {
            guard contracts.count < count else { break }
            guard let contract = contract(atMonth: index), contract.expiry >= day,
                contracts.last.map({ $0.expiry < contract.expiry }) ?? true
            else { continue }
            contracts.append(contract)
        }
        return contracts
    }

    /// The contract that expires on `day`; nil when there is none.
    package func contract(expiring day: TradingDay) -> ContractMonth? {
        guard TradingCalendar.isInRange(day) else { return nil }
        let index = Self.index(of: day)
        return [index, index + 1].lazy.compactMap(contract(atMonth:)).first { $0.expiry == day }
    }

    private func contract(atMonth index: Int) -> ContractMonth? {
        let (year, month) = (index / 12, index % 12 + 1)
        guard let expiry = expiry(year: year, month: month) else { return nil }
        return ContractMonth(year: year, month: month, expiry: expiry)
    }

    private func expiry(year: Int, month: Int) -> TradingDay? {
        guard let first = TradingDay(year: year, month: month, day: 1) else { return nil }
        if let known = listed.first, let last = listed.last, (Self.index(of: known)...Self.index(of: last)).contains(Self.index(of: first))
        {
            return listed.first { Self.index(of: $0) == Self.index(of: first) }
        }
        return rules.value(on: first).day(year: year, month: month).flatMap(calendar.workingDay(onOrBefore:))
    }

    /// Months counted from the year 0, so that neighbours differ by one.
    private static func index(of day: TradingDay) -> Int {
        let date = day.date
        return date.year * 12 + date.month - 1
    }
}
