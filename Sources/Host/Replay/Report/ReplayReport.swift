import MunimKit

/// Everything that a run has to say, once, so that console, page, JSON and CSV cannot differ.
struct ReplayReport: Sendable {
    /// A name and a text.
    struct Fact: Equatable, Sendable {
        let name: String
        let text: String
    }

    /// The trades of one year or one instrument together.
    struct Group: Equatable, Sendable {
        let name: String
        let net: ExactAmount
        let trades: Int
        let winners: Int
    }

    let currency: String
    let figures: ReplayFigures
    let curve: EquityCurve
    let years: [Group]
    let instruments: [Group]
    let exposure: [ExposurePoint]
    let trades: [ReplayTrade]
    /// Entry and exit signals that were traded.
    let entries: Int
    let exits: Int
    let verdicts: [(name: String, count: Int)]
    let facts: [Fact]
    let notes: [String]

    init(_ inputs: ReplayInputs, _ stage: ReplayStage, _ result: ReplayRun.Result, options: ReplayOptions, currency: String = "INR") {
        let capital = ExactAmount(stage.policy.initialCapital)
        let start = inputs.signals.first?.at ?? Instant(microseconds: 0)
        let end = max(inputs.signals.last?.at ?? start, result.trades.map(\.exitAt).max() ?? start)
        self.currency = currency
        curve = EquityCurve(result.trades, capital: capital, start: start)
        figures = ReplayFigures(result.trades, curve: curve, capital: capital, start: start, end: end)
        years = Self.groups(result.trades) { "\(TradingDay(of: $0.exitAt).date.year)" }
        instruments = Self.groups(result.trades) { $0.instrument.text }
        exposure = ExposurePoint.series(result, capital: capital)
        trades = result.trades
        entries = (result.executed[.baseEntry] ?? 0) + (result.executed[.pyramid] ?? 0)
        exits = result.executed[.exit] ?? 0
        verdicts = result.verdicts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        facts = Self.facts(inputs, stage, result, options)
        notes = Self.notes(inputs, stage, result)
    }

    private static func groups(_ trades: [ReplayTrade], by name: (ReplayTrade) -> String) -> [Group] {
        Dictionary(grouping: trades, by: name).map { name, trades in
            Group(
                name: name, net: ReplayFigures.sum(trades.map(\.net)), trades: trades.count,
                winners: trades.count { !$0.isOpen && $0.net > .zero })
        }
        .sorted { $0.name < $1.name }
    }

    private static func facts(_ inputs: ReplayInputs, _ stage: ReplayStage, _ result: ReplayRun.Result, _ options: ReplayOptions) -> [Fact]
    {
        let days = Set(result.executions.map(\.pointValue))
        let values = days.sorted().map(\.description).joined(separator: ", ")
        return inputs.inputs.map { Fact(name: "File", text: "\(Self.name(of: $0.file)): \($0.kind), \($0.signals.count) signals") }
            + [
                Fact(name: "Instruments", text: inputs.instruments.map(\.text).joined(separator: ", ")),
                Fact(
                    name: "Configuration",
                    text: options.configuration.map { Self.name(of: $0) } ?? "none; one endless contract per instrument"),
                Fact(name: "Sizing", text: stage.sizing),
                Fact(
                    name: "Point value",
                    text: options.pointValue.map { "\($0) on all days" } ?? "the instrument's own: \(values.isEmpty ? "unused" : values)"),
                Fact(name: "Charges", text: "\(stage.policy.chargeRate.percentText) % of the traded value per side"),
                Fact(name: "Capital", text: "\(stage.policy.initialCapital)"),
                Fact(name: "Fills", text: "at the listed prices, no slippage"),
                Fact(name: "Trading hours", text: stage.policy.sessions == .ignored ? "ignored" : "enforced"),
                Fact(name: "Gates off", text: stage.gatesOff.isEmpty ? "none" : stage.gatesOff.joined(separator: "; ")),
                Fact(name: "Ledger", text: "closed equity \(result.closedEquity), the charges of open entries booked"),
                Fact(name: "Matching", text: "first in, first out, per instrument and point value"),
            ]
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func notes(_ inputs: ReplayInputs, _ stage: ReplayStage, _ result: ReplayRun.Result) -> [String] {
        var notes: [String] = []
        if inputs.inputs.contains(where: \.hasSyntheticIndicators) {
            notes.append(
                "Synthetic indicators: volatility, stops and efficiency were made up from prices, so the result measures the engine, not the strategy."
            )
        }
        if result.trades.contains(where: \.isOpen) {
            notes.append("Open lots are valued at their last listed price, less the charges of both sides.")
        }
        if result.duplicates > 0 { notes.append("Signals that came again and were answered from the first: \(result.duplicates).") }
        if result.conflicts > 0 {
            notes.append("Signals with the identity of an earlier one and other content, which were not traded: \(result.conflicts).")
        }
        notes += result.alerts.sorted { $0.key < $1.key }.map { "\($0.value) × alert \($0.key)." }
        return notes + inputs.inputs.flatMap(\.notes)
    }
}

/// What was in hand from one moment on.
struct ExposurePoint: Equatable, Sendable {
    let at: Instant
    /// Lots of all instruments.
    let lots: Int64
    /// Open lots at their entry prices.
    let value: ExactAmount
    /// Loss if every stop is hit at its price.
    let risk: ExactAmount
    /// The account without what is open.
    let equity: ExactAmount

    /// A point for each moment at which lots changed hands.
    static func series(_ result: ReplayRun.Result, capital: ExactAmount) -> [ExposurePoint] {
        var points: [ExposurePoint] = []
        var held: [PositionID: (lots: Int64, opening: Execution)] = [:]
        var lots: Int64 = 0
        var value = ExactAmount.zero
        var equity = capital
        var trade = 0
        var account = 0
        for execution in result.executions {
            while trade < result.trades.count, !result.trades[trade].isOpen, result.trades[trade].exitAt <= execution.at {
                equity += result.trades[trade].net
                trade += 1
            }
            while account + 1 < result.account.count, result.account[account + 1].at <= execution.at { account += 1 }
            let isOpening = execution.action == .open
            let opening = isOpening ? execution : held[execution.position]?.opening ?? execution
            let change = isOpening ? execution.lots : 0 - execution.lots
            held[execution.position] = ((held[execution.position]?.lots ?? 0) + change, opening)
            if held[execution.position]?.lots == 0 { held[execution.position] = nil }
            lots += change
            value += ExactAmount(from: .zero, to: opening.price, lots: change, pointValue: opening.pointValue)
            let stored = account < result.account.count ? ExactAmount(result.account[account].risk) : .zero
            if points.last?.at == execution.at { points.removeLast() }
            points.append(
                ExposurePoint(at: execution.at, lots: lots, value: value, risk: stored, equity: equity))
        }
        return points
    }
}
