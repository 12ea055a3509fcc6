public import MunimKit

/// A future with round numbers, for tests of what stands above instruments: open 09:15 to 15:30 on every weekday, one expiry per month.
public struct TestFuture: InstrumentPlugin {
    /// What tests vary.
    public struct Facts: Sendable {
        /// Root of its symbols.
        public var root = "TF"
        /// Facts of every day.
        public var terms = InstrumentTerms(
            pointValue: PointValue(whole: 30), unitsPerLot: 30, marginPerLot: Money(whole: 270_000),
            initialStopMultiple: Ratio(units: 1_500_000), trailingStopMultiple: Ratio(units: 2_500_000), maximumPyramids: 5,
            pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(75))
        /// The largest quantity of one order.
        public var freezeQuantity: Quantity?
        /// The hours of every weekday.
        public var session = Session(open: TimeOfDay(secondsSinceMidnight: 33_300), close: TimeOfDay(secondsSinceMidnight: 55_800))
        /// Distance of strikes of a synthetic.
        public var strikeStep = Price(whole: 500)
        /// The years whose holidays are known.
        public var knownYears = 1...9_999
        /// The days of the week on which a contract ends; nil for the last one of each month.
        public var expiryDays: Set<Weekday>?

        /// Round numbers.
        public init() {}
    }

    public static let manifest = PluginManifest(kind: .instruments, name: "test-future", version: "1.0.0", summary: "A future for tests.")
    let facts: Facts

    /// A future with these facts.
    public init(_ facts: Facts = Facts()) { self.facts = facts }
    public init(options: NoOptions, context: PluginContext) { self.init() }

    public func terms(on day: TradingDay) -> InstrumentTerms { facts.terms }
    public func schedule(on day: TradingDay) -> DaySchedule { day.weekday.isWeekend ? .closed("weekend") : .open([facts.session]) }
    public func knowsCalendar(of day: TradingDay) -> Bool { facts.knownYears.contains(day.date.year) }
    public func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] { facts.expiries(onOrAfter: day, count: count) }

    public func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        let contract = Contract(
            venue: "TEST", root: facts.root, kind: .future, expiry: expiry, symbol: "\(facts.root)\(expiry)",
            unitsPerLot: facts.terms.unitsPerLot,
            tick: Tick(units: 500), freezeQuantity: facts.freezeQuantity)
        return Structure(
            legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: expiry, pointValue: facts.terms.pointValue)
    }
}

/// A synthetic future of two options: the put is sold first, the call bought second; hours and expiries as ``TestFuture``.
public struct TestSynthetic: InstrumentPlugin {
    public static let manifest = PluginManifest(
        kind: .instruments, name: "test-synthetic", version: "1.0.0", summary: "A synthetic future for tests.")
    let facts: TestFuture.Facts

    /// A synthetic with these facts.
    public init(_ facts: TestFuture.Facts = TestFuture.Facts()) { self.facts = facts }
    public init(options: NoOptions, context: PluginContext) { self.init() }

    public func terms(on day: TradingDay) -> InstrumentTerms { facts.terms }
    public func schedule(on day: TradingDay) -> DaySchedule { TestFuture(facts).schedule(on: day) }
    public func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] { facts.expiries(onOrAfter: day, count: count) }
    public func isContract(_ symbol: String, on day: TradingDay) -> Bool { symbol.hasPrefix("\(facts.root)2") && symbol.hasSuffix("E") }

    public func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        let step = facts.strikeStep.units
        let strike = Price(units: (price.units + step / 2) / step * step)
        func contract(_ kind: ContractKind, _ suffix: String) -> Contract {
            Contract(
                venue: "TEST", root: facts.root, kind: kind, expiry: expiry, symbol: "\(facts.root)\(expiry)-\(strike)\(suffix)",
                unitsPerLot: facts.terms.unitsPerLot, tick: Tick(units: 500), freezeQuantity: facts.freezeQuantity)
        }
        return Structure(
            legs: [
                StructureLeg(role: .put, contract: contract(.put(strike: strike), "PE"), openingSide: .sell),
                StructureLeg(role: .call, contract: contract(.call(strike: strike), "CE"), openingSide: .buy),
            ], expiry: expiry, strike: strike, pointValue: facts.terms.pointValue)
    }
}

extension TestFuture.Facts {
    /// The next days on which contracts end.
    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        guard let expiryDays, !expiryDays.isEmpty else { return MonthEnds.after(day, count: count) }
        var found: [TradingDay] = []
        var next = day
        while found.count < count {
            if expiryDays.contains(next.weekday) { found.append(next) }
            next = next.advanced(by: 1)
        }
        return found
    }
}

/// Last weekdays of months.
enum MonthEnds {
    static func after(_ day: TradingDay, count: Int) -> [TradingDay] {
        var (year, month, _) = day.date
        var found: [TradingDay] = []
        while found.count < count, var last = TradingDay(year: year, month: month, day: TradingDay.length(ofMonth: month, year: year)) {
            while last.weekday.isWeekend { last = last.advanced(by: -1) }
            if last >= day { found.append(last) }
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        return found
    }
}

/// A size of equity × share / risk per lot, capped by margin: small enough to check a machine's use of sizing by hand.
public struct TestSizing: SizingPlugin {
    public static let manifest = PluginManifest(kind: .sizing, name: "test-sizing", version: "1.0.0", summary: "Sizes for tests.")
    let fixed: Lots?

    /// Always `fixed` lots, or by risk of 1 % and margin when nil.
    public init(fixed: Lots?) { self.fixed = fixed }
    public init(options: NoOptions, context: PluginContext) { self.init(fixed: nil) }

    public func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        if let fixed { return decision([SizingConstraint(name: "fixed", quotient: try FractionalLots(fixed), lots: fixed)]) }
        let perLot = try request.price.subtracting(request.stop).value(of: Lots(1), at: request.pointValue)
        guard perLot > .zero, request.marginPerLot > .zero else {
            return decision([SizingConstraint(name: "invalid_risk", quotient: .zero, lots: .zero)])
        }
        return decision([
            try constraint("risk", request.equity.units / 100, perLot.units),
            try constraint("margin", request.availableMargin.units, request.marginPerLot.units),
        ])
    }

    private func constraint(_ name: String, _ budget: Int64, _ perLot: Int64) throws(Overflow) -> SizingConstraint {
        let lots = max(0, budget / perLot)
        return SizingConstraint(name: name, quotient: try FractionalLots(Lots(lots)), lots: Lots(lots))
    }

    private func decision(_ constraints: [SizingConstraint]) -> SizingDecision {
        let least = constraints.min { $0.lots < $1.lots } ?? constraints[0]
        return SizingDecision(rule: Self.manifest.name, lots: least.lots, limiter: least.name, constraints: constraints)
    }
}

/// Rolls when so many trading days or fewer are left.
public struct TestRollover: RolloverPlugin {
    public static let manifest = PluginManifest(kind: .rollover, name: "test-rollover", version: "1.0.0", summary: "Rolls for tests.")
    let days: Int

    /// A rule with its threshold; negative never rolls.
    public init(days: Int) { self.days = days }
    public init(options: NoOptions, context: PluginContext) { self.init(days: 3) }

    public func advice(on view: RolloverView) -> RolloverAdvice {
        view.tradingDaysLeft <= days
            ? .roll("\(view.tradingDaysLeft) trading days are left") : .stay("\(view.tradingDaysLeft) trading days are left")
    }
}
