import MunimKit

extension Policy {
    /// Reads the section `risk`; every default is the policy's own.
    init(from reader: inout OptionReader, mode: TradingMode) {
        self.init()
        self.mode = mode
        readSizing(from: &reader)
        limits = reader.section("limits", summary: "Limits that hold for the whole account.") { PortfolioLimits(from: &$0) }
        divergence = reader.section("divergence", summary: "How far the market may have moved from the signal.") {
            DivergenceLimits(from: &$0)
        }
        reader.section("signals", summary: "Age and repetition of signals.") { readSignals(from: &$0) }
        reader.section("orders", summary: "Looking for orders and trying again.") { readOrders(from: &$0) }
        reader.section("rollover", summary: "When positions are held against their rollover rules.") { readRollover(from: &$0) }
    }

    private mutating func readSizing(from reader: inout OptionReader) {
        equity = EquityPolicy(from: &reader)
        marginShare = reader.value("margin_share", .share, default: marginShare, summary: "Share of the equity that margin may use.")
        sizingStop = reader.value(
            "sizing_stop", .choice(SizingStop.self), default: sizingStop,
            summary: "Size on the lower of the signal's stop and the instrument's own, or on the signal's.")
        chargeRate = reader.value("charge_rate", .share, default: chargeRate, summary: "Charges per side as a share of the traded value.")
        initialCapital = reader.value(
            "initial_capital", .money.atLeast(.zero), default: initialCapital, unit: "INR",
            summary: "Deposited when the account is opened; zero leaves it to the operator.")
        explainsCounterfactuals = reader.value(
            "counterfactuals", .flag, default: explainsCounterfactuals,
            summary: "Whether explanations carry what would have changed the size.")
    }

    private mutating func readSignals(from section: inout OptionReader) {
        let window = OptionKind.span.within(.zero ... .days(1))
        entryWindow = section.value("entry_window", window, default: entryWindow, summary: "An older entry or pyramid is never traded.")
        futureTolerance = section.value(
            "future_tolerance", window, default: futureTolerance, summary: "An entry or pyramid further in the future is never traded.")
        lateExit = section.value("late_exit", window, default: lateExit, summary: "An older exit is traded with an alert.")
        duplicateWindow = section.value(
            "duplicate_window", window, default: duplicateWindow,
            summary: "A second entry for the same layer within this time is the same alert sent twice.")
        attemptLimit = section.value(
            "attempts", .integer.within(1...100), default: attemptLimit,
            summary: "Processes that may die deciding a signal before a person must look.")
        sessions = section.value(
            "sessions", .choice(SessionPolicy.self), default: sessions,
            summary: "Whether trading hours are enforced; only paper may ignore them.")
        if sessions == .ignored, mode == .live { section.fail("sessions", "expected enforced, because instance.mode is live") }
    }

    private mutating func readOrders(from section: inout OptionReader) {
        let interval = OptionKind.span.within(.milliseconds(50) ... .minutes(60))
        resolution = section.list(
            "resolution", of: interval, default: resolution, count: 1...32,
            summary: "After these times an order of unknown outcome is looked for; each later than the one before.")
        if zip(resolution, resolution.dropFirst()).contains(where: { $0 >= $1 }) {
            section.fail("resolution", "expected times that increase")
        }
        resolutionInterval = section.value(
            "resolution_interval", interval, default: resolutionInterval,
            summary: "How often it is looked for after the last of these times.")
        pollInterval = section.value("poll_interval", interval, default: pollInterval, summary: "How often working orders are asked for.")
        reconcileInterval = section.value(
            "reconcile_interval", interval, default: reconcileInterval, summary: "How often books and positions are compared.")
        repairAlert = section.value(
            "repair_alert", interval, default: repairAlert, summary: "A structure that is not whole after this is alerted.")
        restLimit = section.value(
            "rest_limit", interval, default: restLimit,
            summary:
                "A working order is ended after this when its legs are unequal, when it is filled in part, or when its entry window is over."
        )
        repairLimit = section.value(
            "repair_limit", interval, default: repairLimit,
            summary: "A structure that is not whole or flat after this is alerted once more.")
        emptyBookHorizon = section.value(
            "empty_book_horizon", .span.within(.seconds(1) ... .days(1)), default: emptyBookHorizon,
            summary: "While the broker's book has shown nothing of the day, it counts as evidence only so long after an order was sent.")
        retry = section.list(
            "retry", of: interval, default: retry, count: 1...32,
            summary: "Waiting times before further attempts to reduce risk; the last repeats.")
        entryAttempts = section.value(
            "entry_attempts", .integer.within(1...100), default: entryAttempts,
            summary: "Attempts of one entry leg that provably did not reach the broker.")
        reservedRate = section.value(
            "reserved_rate", .integer.within(0...1_000), default: reservedRate, unit: "orders per second",
            summary: "Orders that entries leave free for exits; of a minute and a day the same share.")
    }

    private mutating func readRollover(from section: inout OptionReader) {
        rolloverInterval = section.value(
            "interval", .span.within(.seconds(1) ... .days(1)), default: rolloverInterval,
            summary: "How often positions are held against their rollover rules.")
        entryRolloverDays = section.value(
            "entry_days", .integer.within(0...60), default: entryRolloverDays, unit: "trading days",
            summary: "Entries avoid contracts that would roll within so many days.")
        rolloverHours = section.optional("hours", .session, summary: "Hours in which positions roll; the whole session when left out.")
    }
}

extension PortfolioLimits {
    fileprivate init(from section: inout OptionReader) {
        self.init()
        areEnforced = section.value("enforced", .flag, default: areEnforced, summary: "Whether they are enforced; replays switch them off.")
        pyramidRisk = section.value("pyramid_risk", .share, default: pyramidRisk, summary: "Risk above which pyramids are refused.")
        entryRisk = section.value("entry_risk", .share, default: entryRisk, summary: "Risk above which base entries are refused.")
        pyramidVolatility = section.value(
            "pyramid_volatility", .share, default: pyramidVolatility, summary: "Volatility above which pyramids are refused.")
        entryVolatility = section.value(
            "entry_volatility", .share, default: entryVolatility, summary: "Volatility above which base entries are refused.")
        positions = section.value("positions", .integer.within(1...10_000), default: positions, summary: "Open positions of the account.")
        lots = section.value(
            "decision_lots", .lots.within(Lots(1)...Lots(1_000_000)), default: lots, summary: "Largest size of one decision.")
        slices = section.value(
            "decision_orders", .integer.within(1...10_000), default: slices, unit: "orders",
            summary: "Orders that one leg of a decision may take, each at most the exchange's freeze quantity.")
        orderValue = section.value(
            "order_value", .money.above(.zero), default: orderValue, unit: "INR", summary: "Largest value of one decision.")
    }
}

extension DivergenceLimits {
    fileprivate init(from section: inout OptionReader) {
        self.init()
        areEnforced = section.value("enforced", .flag, default: areEnforced, summary: "Whether they are enforced.")
        entry = section.value("entry", .share, default: entry, summary: "Largest distance for base entries.")
        pyramid = section.value("pyramid", .share, default: pyramid, summary: "Largest distance for pyramids.")
        jump = section.value(
            "jump", .percent.above(.zero), default: jump,
            summary: "How far a price may lie from the last one that was heard within four days, as a share of the smaller of the two.")
        entryRiskIncrease = section.value(
            "entry_risk_increase", .percent.atLeast(.zero), default: entryRiskIncrease,
            summary: "Largest increase of the risk per lot for base entries.")
        pyramidRiskIncrease = section.value(
            "pyramid_risk_increase", .percent.atLeast(.zero), default: pyramidRiskIncrease,
            summary: "Largest increase of the risk per lot for pyramids.")
    }
}

extension EquityPolicy {
    /// The words of the file.
    private enum Word: String, CaseIterable, Sendable {
        case closed, open, blended
        case highWater = "high-water"
    }

    fileprivate init(from reader: inout OptionReader) {
        let word = reader.value("equity", .choice(Word.self), default: .closed, summary: "Which equity sizes are computed from.")
        let blend = reader.value(
            "blend", .share, default: Ratio(units: 500_000), summary: "Share of the unrealised profit that counts when equity is blended.")
        if word != .blended, reader.isGiven("blend"), !reader.isFaulty("equity") {
            reader.fail("blend", "expected equity: blended beside it, found \(word.rawValue)")
        }
        switch word {
        case .closed: self = .closed
        case .open: self = .open
        case .blended: self = .blended(blend)
        case .highWater: self = .highWater
        }
    }
}

extension OptionKind where Value == Ratio {
    /// A percentage of the whole, from nothing to all of it.
    fileprivate static var share: OptionKind { percent.within(.zero ... .one) }
}
