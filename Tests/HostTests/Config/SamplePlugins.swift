import MunimKit

/// Plugins of every kind whose only interesting part is their options, so that the corpus does not change with the real ones.
enum SamplePlugins {
    static func registry() throws -> PluginRegistry {
        var registry = PluginRegistry()
        let types: [any Plugin.Type] = [
            SampleFuture.self, SampleSizing.self, SampleFixedSizing.self, SampleRollover.self, SampleBroker.self, SampleLiveBroker.self,
            SampleStorage.self, SampleCoordination.self, SampleAlert.self, SampleWebhookAlert.self,
        ]
        for type in types { try registry.add(type, origin: .builtIn) }
        return registry
    }

    static let environment = EnvironmentReferences {
        ["WEBHOOK_SECRET": "correct-horse-battery-staple", "SHORT": "hunter2", "EMPTY": "", "LISTEN": "127.0.0.1:9000"][$0]
    }
}

struct FutureSample: PluginOptions {
    let lotSize: LotSize
    let pointValue: PointValue
    let tick: Tick
    let stop: Ratio
    let sizes: [Quantity]
    let root: String

    init(from reader: inout OptionReader) {
        root = reader.value("root", .text, summary: "Root of the symbols.")
        lotSize = reader.value("lot_size", .lotSize, default: 1, unit: "units", summary: "Units of a lot.")
        pointValue = reader.value("point_value", .pointValue.above(.zero), unit: "INR", summary: "Money per point per lot.")
        tick = reader.value("tick", .tick, default: Tick(units: 500), unit: "INR", summary: "Smallest step.")
        stop = reader.value("initial_stop", .ratio.within(.zero...Ratio(whole: 10)), default: .one, summary: "Initial stop.")
        _ = reader.list("hours", of: .session, default: [], count: 0...4, summary: "Sessions.")
        _ = reader.value("squareoff", .timeOfDay, default: TimeOfDay(secondsSinceMidnight: 0), summary: "Last orders.")
        _ = reader.value("bar", .span.within(.seconds(1) ... .days(1)), default: .minutes(60), summary: "Length of a bar.")
        _ = reader.list("expiry_days", of: .choice(Weekday.self), default: [.thursday], summary: "Days of expiry.")
        sizes = reader.rows("lot_sizes", summary: "Dated lot sizes.") { row in
            _ = row.value("from", .day, summary: "First day.")
            return row.value("units", .quantity, summary: "Units of a lot.")
        }
        _ = reader.values("margins", of: .money, unit: "INR per lot", summary: "Margins by month.")
    }
}

struct SampleFuture: InstrumentPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .instruments, name: "future", version: "1", summary: "A future.") }
    let options: FutureSample

    init(options: FutureSample, context: PluginContext) throws {
        guard options.root != "BROKEN" else { throw PluginFault("the root BROKEN cannot be traded") }
        self.options = options
    }

    func terms(on day: TradingDay) -> InstrumentTerms {
        InstrumentTerms(
            pointValue: options.pointValue, unitsPerLot: options.lotSize, marginPerLot: Money(whole: 1_000),
            initialStopMultiple: options.stop,
            trailingStopMultiple: .one, maximumPyramids: 5, pyramidSpacing: .zero, barLength: .minutes(60))
    }
    func schedule(on day: TradingDay) -> DaySchedule {
        let session = Session(open: TimeOfDay(secondsSinceMidnight: 9 * 3_600), close: TimeOfDay(secondsSinceMidnight: 15 * 3_600))
        return day.weekday.isWeekend ? .closed("weekend") : .open([session])
    }
    /// Every tenth day, whatever day is asked about.
    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        let first = TradingDay(daysSinceEpoch: (day.daysSinceEpoch + 9) / 10 * 10)
        return (0..<max(0, count)).map { first.advanced(by: $0 * 10) }
    }
    func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        let contract = Contract(
            venue: "TEST", root: options.root, kind: .future, expiry: expiry, symbol: "\(options.root)\(expiry)",
            unitsPerLot: options.lotSize,
            tick: options.tick)
        return Structure(
            legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: expiry, pointValue: options.pointValue)
    }
}

struct SizingSample: PluginOptions {
    let risk: Ratio
    init(from reader: inout OptionReader) {
        risk = reader.value("risk", .percent.above(.zero, atMost: Ratio(units: 50_000)), default: Ratio(units: 10_000), summary: "Risk.")
        _ = reader.list(
            "constraints", of: .choice(Constraint.self), default: Constraint.allCases, count: 1...3, summary: "Which constraints.")
    }
    enum Constraint: String, CaseIterable, Sendable { case risk, volatility, margin }
}

struct SampleSizing: SizingPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .sizing, name: "three-constraint", version: "1", summary: "Sizes.") }
    init(options: SizingSample, context: PluginContext) throws {}
    func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        // One lot for each hundred of distance to the stop.
        let distance = try request.price.subtracting(request.stop)
        return SizingDecision(rule: "sample", lots: Lots(max(0, distance.units / 1_000_000)), limiter: "risk", constraints: [])
    }
}

struct FixedSample: PluginOptions {
    let lots: Lots
    init(from reader: inout OptionReader) {
        lots = reader.value("lots", .lots.within(Lots(1)...Lots(100)), summary: "Lots of each entry.")
    }
}

struct SampleFixedSizing: SizingPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .sizing, name: "fixed-lots", version: "1", summary: "Fixed.") }
    let lots: Lots
    init(options: FixedSample, context: PluginContext) throws { lots = options.lots }
    func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        SizingDecision(rule: "fixed-lots", lots: lots, limiter: "fixed", constraints: [])
    }
}

struct RolloverSample: PluginOptions {
    let days: Int
    init(from reader: inout OptionReader) {
        days = reader.value("days", .integer.within(0...30), default: 3, unit: "trading days", summary: "Days before expiry.")
    }
}

struct SampleRollover: RolloverPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .rollover, name: "days-before-expiry", version: "1", summary: "Rolls.") }
    let days: Int
    init(options: RolloverSample, context: PluginContext) throws { days = options.days }
    func advice(on view: RolloverView) -> RolloverAdvice {
        view.tradingDaysLeft < days ? .roll("close to expiry") : .stay("far from expiry")
    }
}
