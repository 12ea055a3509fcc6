import MunimKit

/// `munim rollover status|scan|run`.
enum RolloverCommand {
    private static let by = CommandOption(
        name: "by", value: "NAME", summary: "Who asks, for the records; the user of this shell when left out.")

    static var commands: [Command] {
        [
            Command(
                words: ["rollover", "status"], summary: "Lists open positions with the days to their expiry, and the rolls so far.",
                options: [.limit, .json, .config], examples: ["munim rollover status"], run: status),
            Command(
                words: ["rollover", "scan"], summary: "Asks the running host which positions are due to roll; changes nothing.",
                options: [by, .json, .config], examples: ["munim rollover scan"]
            ) { input throws(CommandFailure) in try await ask("/rollover/scan", isDryRun: true, input) },
            Command(
                words: ["rollover", "run"], summary: "Asks the running host to roll now what is due.", options: [by, .json, .config],
                examples: ["munim rollover run --by asha"]
            ) { input throws(CommandFailure) in try await ask("/rollover/execute", isDryRun: false, input) },
        ]
    }

    @Sendable private static func status(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        let tradedInstruments = try input.tradedInstruments(of: configuration)
        let limit = try input.number("limit", default: 20, in: 1...100_000)
        let view = try await input.reading(configuration) { store in
            try await RolloverStatusView.read(from: store, tradedInstruments: tradedInstruments, at: input.world.clock.now(), limit: limit)
        }
        guard !input.isJSON else {
            try input.show(json: view)
            return 0
        }
        input.show(lines(of: view))
        return 0
    }

    private static func lines(of view: RolloverStatusView) -> [String] {
        guard !view.positions.isEmpty || !view.history.isEmpty else { return ["No open positions, no rolls."] }
        var open = TextTable(
            ("INSTRUMENT", .left), ("LAYER", .left), ("LOTS", .right), ("EXPIRY", .left), ("DAYS LEFT", .right), ("NEXT", .left),
            ("DUE", .left), ("STATE", .left), ("RULE SAYS", .left))
        open.rows = view.positions.map { position in
            [
                position.instrument.text, position.position.description, "\(position.lots)", "\(position.expiry)",
                position.tradingDaysLeft.map { "\($0)" } ?? "-", position.nextExpiry?.description ?? "-",
                position.isDue.map { $0 ? "yes" : "no" } ?? "-", position.rolloverStatus.rawValue, position.advice ?? "",
            ]
        }
        var rolls = TextTable(
            ("ROLLED", .left), ("POSITION", .left), ("FROM", .left), ("TO", .left), ("BASIS", .right), ("PROFIT", .right),
            ("CHARGES", .right))
        rolls.rows = view.history.map { roll in
            [
                ExchangeTime.text(roll.rolledAt), roll.positionId.text, "\(roll.fromExpiry)", "\(roll.toExpiry)", "\(roll.basis)",
                "\(roll.pnl)", "\(roll.charges)",
            ]
        }
        return (open.rows.isEmpty ? ["No open positions."] : open.lines) + (rolls.rows.isEmpty ? [] : [""] + rolls.lines)
    }

    /// What the host is asked.
    private struct Request: Encodable {
        let by: String
        /// Scanning never changes anything and takes no such field.
        let dryRun: Bool?
    }

    /// Sends a request to the host with the operator's token.
    private static func ask(_ path: String, isDryRun: Bool, _ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        guard configuration.http.operatorToken != nil else {
            throw .usage("the configuration has no http.operator_token, without which the host takes no requests of operators")
        }
        let host = HostConnection(configuration.http, asOperator: true)
        let request = Request(by: input.values["by"] ?? Operator.name, dryRun: isDryRun ? nil : false)
        guard let answer = try await host.post(path, request) else {
            throw .failed("no host listens at \(configuration.http.admin ?? configuration.http.listen): start it with munim serve")
        }
        guard let reply = try? InterfaceCoding.decode(OperatorReply.self, from: answer.body) else {
            throw answer.failure
        }
        if input.isJSON {
            try input.show(json: reply)
        } else {
            input.show([reply.message] + reply.details.map { "  " + $0 })
        }
        return reply.status == .declined ? 1 : 0
    }
}
