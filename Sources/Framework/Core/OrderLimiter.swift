/// The account's order rate as sliding windows over the times of past sends.
struct OrderLimiter: Sendable {
    private let rate: OrderRate
    /// What orders that increase risk may use of it.
    private let rateOfEntries: OrderRate
    /// Ascending, in parts of which a copy of the machine that goes on shares all but the last; everything before `head` is forgotten.
    private var parts: [[Instant]] = []
    private var head = 0
    private var count = 0
    private static let partSize = 512
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
        if count - recent >= rate.perSecond { return .at(self[recent] + .seconds(1)) }
        if count - head >= rate.perMinute { return .at(self[head] + .minutes(1)) }
        return .now
    }

    /// Takes a place in the windows.
    mutating func take(at now: Instant) {
        append(max(now, parts.last?.last ?? now))
        sentOnDay += 1
    }

    /// Takes over the sends of the day from an earlier process, oldest first; one in the future is a clock's mistake.
    mutating func restore(_ times: [Instant], at now: Instant) {
        let past = times.prefix { $0 <= now }
        day = TradingDay(of: now)
        sentOnDay = past.count
        for time in past.drop(while: { $0 <= now - .minutes(1) }) { append(time) }
    }

    private subscript(index: Int) -> Instant { parts[index / Self.partSize][index % Self.partSize] }

    private mutating func append(_ time: Instant) {
        if count % Self.partSize == 0 { parts.append([]) }
        parts[parts.count - 1].append(time)
        count += 1
    }

    private mutating func forget(before instant: Instant) {
        while head < count, self[head] <= instant { head += 1 }
        let whole = head / Self.partSize
        guard whole > 0 else { return }
        parts.removeFirst(whole)
        head -= whole * Self.partSize
        count -= whole * Self.partSize
    }

    private func firstIndex(after instant: Instant) -> Int {
        var low = head
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
