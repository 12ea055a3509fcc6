import MunimKit

/// `munim explain`.
enum ExplainCommand {
    static let command = Command(
        words: ["explain"], summary: "Shows why a signal was traded as it was, or not: every constraint and gate with its numbers.",
        arguments: [CommandArgument(name: "FINGERPRINT", summary: "The signal's fingerprint, or its first 8 digits or more.")],
        options: [.json, .config], examples: ["munim explain 3f2a9c1b", "munim explain 3f2a9c1b --json"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let text = input.arguments["FINGERPRINT"] ?? ""
        guard let prefix = SignalSearch.prefix(text) else {
            throw .usage("\"\(text)\" is no fingerprint: expected 8 to 64 hexadecimal digits, as munim signals shows them")
        }
        let view = try await input.reading(try input.configuration()) { store in
            let found = try await SignalSearch.signals(beginningWith: prefix, in: store)
            guard let record = found.first else { throw CommandFailure.failed("no signal has a fingerprint that begins with \(prefix)") }
            guard found.count == 1 else {
                throw CommandFailure.failed(
                    "several signals have a fingerprint that begins with \(prefix), such as \(found.map(\.fingerprint.text).joined(separator: " and "))"
                )
            }
            return try await SignalDetailView.read(record, from: store)
        }
        guard !input.isJSON else {
            try input.show(json: view)
            return 0
        }
        input.show(lines(of: view))
        return 0
    }

    /// The signal and its verdict for people.
    static func lines(of view: SignalDetailView) -> [String] {
        let signal = view.signal
        var lines = [
            "\(signal.type.rawValue) \(signal.instrument) \(signal.position) at \(signal.price), \(ExchangeTime.text(signal.timestamp))",
            "\(signal.status.rawValue)\(signal.reason.map { " (\($0))" } ?? ""): \(signal.summary ?? "no verdict yet")",
            "fingerprint \(signal.fingerprint)",
        ]
        if let explanation = signal.explanation { lines += sections(of: explanation) }
        if !view.orders.isEmpty {
            lines += ["", "orders"] + OrdersCommand.lines(of: view.orders.sorted { $0.moment < $1.moment }).map { "  " + $0 }
        }
        return lines
    }

    private static func sections(of explanation: Explanation) -> [String] {
        var lines: [String] = []
        if let request = explanation.request { lines += ["", "sized from"] + inputs(of: request) }
        if let sizing = explanation.sizing {
            lines += ["", "size: \(sizing.lots) lots by \(sizing.rule), limited by \(sizing.limiter)"]
            var table = TextTable(("  CONSTRAINT", .left), ("EXACT", .right), ("LOTS", .right), ("", .left))
            table.rows = sizing.constraints.map { constraint in
                let note = constraint.name == sizing.limiter ? "limits" : constraint.binds ? "" : "shown only"
                return ["  " + constraint.name, constraint.quotient.description, "\(constraint.lots)", note]
            }
            if !sizing.constraints.isEmpty { lines += table.lines }
        }
        if !explanation.gates.isEmpty {
            var table = TextTable(("  GATE", .left), ("", .left), ("VALUE", .right), ("LIMIT", .right))
            table.rows = explanation.gates.map { ["  " + $0.name, $0.passed ? "passed" : "FAILED", $0.value, $0.limit] }
            lines += ["", "gates"] + table.lines
        }
        if !explanation.counterfactuals.isEmpty {
            lines += ["", "otherwise"] + explanation.counterfactuals.map { "  " + $0.sentence }
        }
        if !explanation.outcome.isEmpty { lines += ["", "done"] + explanation.outcome.map { "  " + $0 } }
        return lines
    }

    private static func inputs(of request: SizingRequest) -> [String] {
        var rows = [
            ["  price", "\(request.price)"], ["  stop", "\(request.stop)"], ["  average true range", "\(request.averageTrueRange)"],
            ["  efficiency ratio", "\(request.efficiencyRatio)"], ["  equity", "\(request.equity)"],
            ["  available margin", "\(request.availableMargin)"], ["  margin per lot", "\(request.marginPerLot)"],
            ["  point value", "\(request.pointValue)"],
        ]
        if let pyramid = request.pyramid {
            rows += [
                ["  pyramids taken", "\(pyramid.taken)"], ["  base lots", "\(pyramid.baseLots)"], ["  base entry", "\(pyramid.baseEntry)"],
                ["  base risk in points", "\(pyramid.baseRisk)"],
            ]
        }
        return TextTable.aligned(rows, sides: [.left, .right])
    }
}
