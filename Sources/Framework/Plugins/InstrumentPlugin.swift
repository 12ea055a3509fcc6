/// Says what one instrument is: its contracts, lots, hours, symbols and stops. Pure: the same question has the same answer.
public protocol InstrumentPlugin: Plugin {
    /// Facts that hold on `day`: lot, point value, margin, stops and pyramids.
    func terms(on day: TradingDay) -> InstrumentTerms
    /// When the exchange trades on `day`.
    func schedule(on day: TradingDay) -> DaySchedule
    /// Whether the holidays of the year of `day` are known; where they are not, only weekends are closed and people should be told.
    func knowsCalendar(of day: TradingDay) -> Bool
    /// The next `count` expiries on or after `day`, in order.
    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay]
    /// Whether the broker's symbol is that of a contract of this instrument that trades on `day` or did in the month before.
    ///
    /// Whoever trades such a contract by hand, or finds an order of it without a record, is this instrument's concern even while it holds nothing.
    func isContract(_ symbol: String, on day: TradingDay) -> Bool
    /// The contracts that make one position with this expiry when the underlying trades at `price` on `day`.
    func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure
}

/// Why an instrument cannot name contracts.
public enum InstrumentFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No contract with this expiry exists.
    case noSuchExpiry(TradingDay)
    /// No strike near this price exists.
    case noStrike(near: Price)
    /// The calendar does not cover this day.
    case unknownCalendar(TradingDay)

    public var description: String {
        switch self {
        case .noSuchExpiry(let day): "no contract expires on \(day)"
        case .noStrike(let price): "no strike near \(price)"
        case .unknownCalendar(let day): "the trading calendar does not cover \(day)"
        }
    }
}

/// Facts of an instrument that hold on one day.
public struct InstrumentTerms: Hashable, Codable, Sendable {
    /// Money per point per lot.
    public var pointValue: PointValue
    /// Units in which the broker counts one lot.
    public var unitsPerLot: LotSize
    /// Margin that one lot needs.
    public var marginPerLot: Money
    /// Initial stop in multiples of the average true range.
    public var initialStopMultiple: Ratio
    /// Trailing stop in multiples of the average true range.
    public var trailingStopMultiple: Ratio
    /// How many pyramids may stand on a base.
    public var maximumPyramids: Int
    /// Least distance between layers in multiples of the average true range.
    public var pyramidSpacing: Ratio
    /// Length of one bar of the sender, for the silence alarm.
    public var barLength: Span

    /// Creates terms.
    public init(
        pointValue: PointValue, unitsPerLot: LotSize, marginPerLot: Money, initialStopMultiple: Ratio, trailingStopMultiple: Ratio,
        maximumPyramids: Int, pyramidSpacing: Ratio, barLength: Span
    ) {
        self.pointValue = pointValue
        self.unitsPerLot = unitsPerLot
        self.marginPerLot = marginPerLot
        self.initialStopMultiple = initialStopMultiple
        self.trailingStopMultiple = trailingStopMultiple
        self.maximumPyramids = maximumPyramids
        self.pyramidSpacing = pyramidSpacing
        self.barLength = barLength
    }
}

/// When an exchange trades on one day.
public enum DaySchedule: Hashable, Codable, Sendable {
    /// Open in these sessions, in order and without overlap.
    case open([Session])
    /// Closed, with the reason: a weekend or a named holiday.
    case closed(String)

    /// The sessions; none when closed.
    public var sessions: [Session] {
        switch self {
        case .open(let sessions): sessions
        case .closed: []
        }
    }
}

extension InstrumentPlugin {
    public func knowsCalendar(of day: TradingDay) -> Bool { true }

    /// By the symbols of its structures at any one price, which is right as long as no strike is part of them.
    public func isContract(_ symbol: String, on day: TradingDay) -> Bool {
        // A month has up to 23 of them where one ends on every weekday.
        expiries(onOrAfter: day.advanced(by: -31), count: 36).contains { expiry in
            let structure = try? structure(expiry: expiry, price: Price(whole: 1_000), on: min(day, expiry))
            return structure?.legs.contains { $0.contract.symbol == symbol } ?? false
        }
    }

    /// Whether the exchange trades at `instant`.
    public func isOpen(at instant: Instant) -> Bool {
        let time = TimeOfDay(of: instant)
        return schedule(on: TradingDay(of: instant)).sessions.contains { $0.contains(time) }
    }

    /// The first moment at or after `instant` at which the exchange trades; nil when none is known within 30 days.
    public func nextOpen(atOrAfter instant: Instant) -> Instant? {
        guard !isOpen(at: instant) else { return instant }
        let today = TradingDay(of: instant)
        for offset in 0...30 {
            let day = today.advanced(by: offset)
            for session in schedule(on: day).sessions {
                let open = day.instant(at: session.open)
                if open >= instant { return open }
            }
        }
        return nil
    }

    /// The close of the last session of the day of `instant`; nil on a day without sessions.
    public func close(onDayOf instant: Instant) -> Instant? {
        let day = TradingDay(of: instant)
        return schedule(on: day).sessions.last.map { day.instant(at: $0.close) }
    }

    /// Trading days strictly between `day` and `expiry`, both ends excluded; of an expiry more than 800 days away only the first 800 days count.
    public func tradingDays(from day: TradingDay, to expiry: TradingDay) -> Int {
        let first = day.advanced(by: 1)
        let end = min(expiry, first.advanced(by: 800))
        guard first < end else { return 0 }
        return (first.daysSinceEpoch..<end.daysSinceEpoch).reduce(0) { count, number in
            schedule(on: TradingDay(daysSinceEpoch: number)).sessions.isEmpty ? count : count + 1
        }
    }
}
