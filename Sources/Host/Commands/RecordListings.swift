import MunimKit

/// `munim positions`.
enum PositionsCommand {
    static let command = Command(
        words: ["positions"], summary: "Lists the open positions, also beside a host that runs.",
        options: [CommandOption(name: "all", summary: "Closed positions too."), .instrument, .limit, .json, .config],
        examples: ["munim positions", "munim positions --all --instrument GOLD_MINI --json"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        var query = Query<PositionRecord>(
            order: [.descending("entry_timestamp")], limit: try input.number("limit", default: 20, in: 1...100_000))
        if !input.flags.contains("all") {
            query.conditions.append(.isIn("status", PositionStatus.allCases.filter(\.isLive)))
        }
        if let name = try input.instrument(in: configuration) { query.conditions.append(.equal("instrument", name)) }
        let asked = query
        let views = try await input.reading(configuration) { store in
            let prices = try await LastPrices.read(from: store)
            return try await store.fetch(asked).map { PositionView($0, lastPrice: prices[$0.instrument]) }
        }
        guard !input.isJSON else {
            try input.show(json: views)
            return 0
        }
        input.show(views.isEmpty ? ["No positions."] : lines(of: views))
        return 0
    }

    /// The positions as a table.
    static func lines(of views: [PositionView]) -> [String] {
        var table = TextTable(
            ("INSTRUMENT", .left), ("LAYER", .left), ("STATUS", .left), ("LOTS", .right), ("ENTRY", .right), ("STOP", .right),
            ("LAST", .right), ("UNREALISED", .right), ("REALISED", .right), ("EXPIRY", .left), ("CONTRACTS", .left))
        table.rows = views.map { view in
            [
                view.instrument.text, view.position.description, view.status.rawValue, "\(view.lots)", "\(view.entryPrice)",
                "\(view.currentStop)", view.lastPrice?.description ?? "-", view.unrealizedPnl?.description ?? "-", "\(view.realizedPnl)",
                "\(view.expiry)", view.symbols.joined(separator: " "),
            ]
        }
        return table.lines
    }
}

/// `munim signals`.
enum SignalsCommand {
    static let command = Command(
        words: ["signals"], summary: "Lists the signals that came last with their verdicts, also beside a host that runs.",
        options: [
            CommandOption(
                name: "status", value: "STATUS", summary: "Only signals that stand so.", choices: SignalStatus.allCases.map(\.rawValue)),
            .instrument, .limit, .json, .config,
        ],
        examples: ["munim signals", "munim signals --status refused --limit 5"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        var query = Query<SignalRecord>(
            order: [.descending("received_at")], limit: try input.number("limit", default: 20, in: 1...100_000))
        if let status = input.values["status"] { query.conditions.append(.equal("processing_status", status)) }
        if let name = try input.instrument(in: configuration) { query.conditions.append(.equal("instrument", name)) }
        let asked = query
        let views = try await input.reading(configuration) { try await $0.fetch(asked).map { SignalView($0, isBrief: true) } }
        guard !input.isJSON else {
            try input.show(json: views)
            return 0
        }
        input.show(views.isEmpty ? ["No signals."] : lines(of: views))
        return 0
    }

    /// The signals as a table.
    static func lines(of views: [SignalView]) -> [String] {
        var table = TextTable(
            ("RECEIVED", .left), ("FINGERPRINT", .left), ("INSTRUMENT", .left), ("TYPE", .left), ("LAYER", .left), ("PRICE", .right),
            ("STATUS", .left), ("REASON", .left))
        table.rows = views.map { view in
            [
                ExchangeTime.text(view.receivedAt), String(view.fingerprint.text.prefix(16)), view.instrument.text, view.type.rawValue,
                view.position, view.price.description, view.status.rawValue, view.reason ?? "-",
            ]
        }
        return table.lines
    }
}

/// `munim orders`.
enum OrdersCommand {
    static let command = Command(
        words: ["orders"], summary: "Lists the orders that were planned last, also beside a host that runs.",
        options: [
            CommandOption(
                name: "state", value: "STATE", summary: "Only orders that stand so.", choices: OrderState.allCases.map(\.rawValue)),
            .instrument, .limit, .json, .config,
        ],
        examples: ["munim orders", "munim orders --state unknown"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        var query = Query<OrderRecord>(
            order: [.descending("planned_at")], limit: try input.number("limit", default: 20, in: 1...100_000))
        if let state = input.values["state"] { query.conditions.append(.equal("state", state)) }
        if let name = try input.instrument(in: configuration) { query.conditions.append(.equal("instrument", name)) }
        let asked = query
        let views = try await input.reading(configuration) {
            try await $0.fetch(asked).map(OrderView.init).sorted { $0.moment > $1.moment }
        }
        guard !input.isJSON else {
            try input.show(json: views)
            return 0
        }
        input.show(views.isEmpty ? ["No orders."] : lines(of: views))
        return 0
    }

    /// The orders as a table.
    static func lines(of views: [OrderView]) -> [String] {
        var table = TextTable(
            ("PLANNED", .left), ("TAG", .left), ("CONTRACT", .left), ("SIDE", .left), ("UNITS", .right), ("FILLED", .right),
            ("AVERAGE", .right), ("STATE", .left), ("MESSAGE", .left))
        table.rows = views.map { view in
            [
                ExchangeTime.text(view.plannedAt), view.tag.text, view.symbol, view.side.rawValue, "\(view.quantity)",
                "\(view.filledQuantity)", view.averagePrice?.description ?? "-", view.state.rawValue, view.message ?? "",
            ]
        }
        return table.lines
    }
}

extension OrderView {
    /// When it was sent, or planned where it was not; orders of one decision are planned at the same time.
    var moment: Instant { sentAt ?? plannedAt }
}
