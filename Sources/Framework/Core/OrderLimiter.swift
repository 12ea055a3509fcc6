/// The account's order rate as sliding windows over the times of past sends.
struct OrderLimiter: Sendable {
    private let rate: OrderRate
    private let reserved: Int
    /// Ascending; everything before `head` is forgotten.
    private var sends: [Instant] = []
    private var head = 0
    private var day: TradingDay?
    private var sentOnDay = 0

    /// `reserved` orders of each second are left to orders that reduce risk.
    init(rate: OrderRate, reserved: Int) {
        self.rate = rate
        self.reserved = min(reserved, max(0, rate.perSecond - 1))
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
        guard sentOnDay < rate.perDay else { return .notToday }
        forget(before: now - .minutes(1))
        let perSecond = reducesRisk ? rate.perSecond : rate.perSecond - reserved
        let recent = firstIndex(after: now - .seconds(1))
        if sends.count - recent >= perSecond { return .at(sends[recent] + .seconds(1)) }
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
