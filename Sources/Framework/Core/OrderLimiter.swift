/// The account's order rate as sliding windows over the times of past sends.
struct OrderLimiter: Sendable {
    private let rate: OrderRate
    /// What orders that increase risk may use of it.
    private let rateOfEntries: OrderRate
    /// Ascending; everything before `head` is forgotten.
    private var sends: [Instant] = []
    private var head = 0
    private var day: TradingDay?
    private var sentOnDay = 0

    /// `reserved` orders of each second are left to orders that reduce risk, and the same share of each minute and day.
    init(rate: OrderRate, reserved: Int) {
        self.rate = rate
        let used = Int128(max(1, rate.perSecond - reserved))
        func share(of limit: Int) -> Int { Int(Int128(limit) * used / Int128(max(1, rate.perSecond))) }
        rateOfEntries = OrderRate(
            perSecond: share(of: rate.perSecond), perMinute: max(1, share(of: rate.perMinute)), perDay: share(of: rate.perDay))
    }

    /// When an order may leave: now, later, or not today.
    enum Permit: Equatable {
        case now
        case at(Instant)
        case notToday
    }

    /// Asks without taking.
    mutating func permit(at now: Instant, reducesRisk: Bool) -> Permit {
        let today = TradingDay(of: now)
        if day != today {
            day = today
            sentOnDay = 0
        }
        let rate = reducesRisk ? self.rate : rateOfEntries
        guard sentOnDay < rate.perDay else { return .notToday }
        forget(before: now - .minutes(1))
        let recent = firstIndex(after: now - .seconds(1))
        if sends.count - recent >= rate.perSecond { return .at(sends[recent] + .seconds(1)) }
        if sends.count - head >= rate.perMinute { return .at(sends[head] + .minutes(1)) }
        return .now
    }

    /// Takes a place in the windows.
    mutating func take(at now: Instant) {
        sends.append(max(now, sends.last ?? now))
        sentOnDay += 1
    }

    private mutating func forget(before instant: Instant) {
        while head < sends.count, sends[head] <= instant { head += 1 }
        guard head > 1_024, head > sends.count / 2 else { return }
        sends.removeFirst(head)
        head = 0
    }

    private func firstIndex(after instant: Instant) -> Int {
        var low = head
        var high = sends.count
        while low < high {
            let middle = (low + high) / 2
            if sends[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
