import MunimKit

/// The lists of signals, positions, orders, trades, ledger rows, transitions and alerts.
struct RecordRoutes: Sendable {
    let application: Application

    var all: [RouteDescription] { signals + positions + orders + evidence }

    private var store: any RecordStore { application.store }
    private var instrument: RouteValueKind { .word(application.tradedInstruments.map(\.name.text)) }

    private var signals: [RouteDescription] {
        [
            ListRoute<SignalRecord, SignalView>(
                pattern: "/signals", summary: "Signals with their verdicts, newest first.",
                filters: [
                    .init("instrument", instrument, column: "instrument", summary: "Only this instrument."),
                    .init("status", .words(of: SignalStatus.self), column: "processing_status", summary: "Only with this status."),
                    .init("type", .words(of: SignalKind.self), column: "signal_type", summary: "Only of this type."),
                    .init("reason", .text(longest: 64), column: "reason", summary: "Only with this stable code."),
                ], time: "received_at", order: "received_at", place: \.receivedAt.microseconds
            ) { $0.map { SignalView($0, isBrief: true) } }.described(store),
            RouteDescription(
                method: .get, pattern: "/signals/{fingerprint}", access: .readers,
                summary: "One signal with its explanation, counterfactuals, intents, orders and trades.",
                responses: [
                    200: .value(SignalDetailView.self, "The signal."), 404: .failure("No signal has a fingerprint that begins so."),
                    409: .failure("Several signals have one; give more of it."),
                ], handler: signal),
        ]
    }

    @Sendable private func signal(_ call: RouteCall) async throws -> HTTPResponse {
        let text = try call.capture("fingerprint")
        guard let prefix = SignalSearch.prefix(text) else {
            throw RouteRefusal.badRequest([
                "fingerprint: found \(Excerpt.quoted(text)), expected 64 hexadecimal digits or at least the first 8 of them"
            ])
        }
        let found = try await SignalSearch.signals(beginningWith: prefix, in: store)
        guard let record = found.first else { throw RouteRefusal.missing("no signal has a fingerprint that begins with \(prefix)") }
        guard found.count == 1 else {
            throw RouteRefusal(
                status: 409, kind: .ambiguous, message: "several signals have a fingerprint that begins with \(prefix); give more of it",
                details: found.map(\.fingerprint.text))
        }
        return .encoded(try await SignalDetailView.read(record, from: store))
    }

    private var positions: [RouteDescription] {
        let application = application
        return [
            ListRoute<PositionRecord, PositionView>(
                pattern: "/positions", summary: "Positions, newest first.",
                filters: [
                    .init("instrument", instrument, column: "instrument", summary: "Only this instrument."),
                    .init("status", .words(of: PositionStatus.self), column: "status", summary: "Only with this status."),
                    .init("rollover_status", .words(of: RolloverStatus.self), column: "rollover_status", summary: "Only with this one."),
                ], time: "created_at", order: "created_at", place: \.createdAt.microseconds,
                held: { call in application.engine.accountView?.livePositions(call) }
            ) { rows in
                let prices = LastPrices(try await application.account().scopes)
                return rows.map { PositionView($0, lastPrice: prices[$0.instrument]) }
            }.described(store),
            RouteDescription(
                method: .get, pattern: "/positions/{id}", access: .readers, summary: "One position.",
                responses: [200: .value(PositionView.self, "The position."), 404: .failure("No position is called so.")], handler: position),
        ]
    }

    @Sendable private func position(_ call: RouteCall) async throws -> HTTPResponse {
        let id = try call.capture("id")
        guard let record = try await store.fetch(Query<PositionRecord>(.equal("position_id", id))).first else {
            throw RouteRefusal.missing("no position is called \(Excerpt.quoted(id))")
        }
        return .encoded(PositionView(record, lastPrice: LastPrices(try await application.account().scopes)[record.instrument]))
    }

    private var orders: [RouteDescription] {
        let intent = RouteValueKind.text(longest: 128)
        return [
            ListRoute<OrderRecord, OrderView>(
                pattern: "/orders", summary: "Orders, newest first.",
                filters: [
                    .init("instrument", instrument, column: "instrument", summary: "Only this instrument."),
                    .init("status", .words(of: OrderState.self), column: "state", summary: "Only in this state."),
                    .init("intent", intent, column: "intent_id", summary: "Only of this intent."),
                    .init("position", intent, column: "position_id", summary: "Only of this position."),
                    .init("tag", .text(longest: 20), column: "tag", summary: "Only the one with this tag."),
                ], time: "planned_at", order: "planned_at", place: \.plannedAt.microseconds
            ) { $0.map(OrderView.init) }.described(store),
            ListRoute<TradeRecord, TradeView>(
                pattern: "/trades", summary: "Trades of the broker, newest first.",
                filters: [
                    .init("symbol", .text(longest: 64), column: "symbol", summary: "Only this symbol."),
                    .init("side", .words(of: Side.self), column: "side", summary: "Only this side."),
                    .init("intent", intent, column: "intent_id", summary: "Only of this intent."),
                    .init("position", intent, column: "position_id", summary: "Only of this position."),
                    .init("tag", .text(longest: 20), column: "tag", summary: "Only of the order with this tag."),
                ], time: "traded_at", order: "traded_at", place: \.tradedAt.microseconds
            ) { $0.map(TradeView.init) }.described(store),
            ListRoute<LedgerRecord, LedgerView>(
                pattern: "/capital", summary: "Every movement of money with the equity before and after, newest first.",
                filters: [
                    .init("type", .words(of: LedgerEntryKind.self), column: "transaction_type", summary: "Only of this type."),
                    .init("position", intent, column: "position_id", summary: "Only of this position."),
                ], time: "created_at", order: "id", place: \.number
            ) { $0.map(LedgerView.init) }.described(store),
        ]
    }

    private var evidence: [RouteDescription] {
        [
            ListRoute<AuditRecord, AuditView>(
                pattern: "/audit", summary: "Transitions with their causes, newest first.",
                filters: [
                    .init("entity", .text(longest: 32), column: "entity", summary: "Only of this kind, such as signal, order or switch."),
                    .init("id", .text(longest: 128), column: "entity_id", summary: "Only of this signal, order, position or switch."),
                ], time: "at", order: "at", place: \.at.microseconds
            ) { $0.map(AuditView.init) }.described(store),
            ListRoute<CommandRecord, CommandView>(
                pattern: "/commands", summary: "What people asked for, with what came of it, newest first.",
                filters: [
                    .init("state", .words(of: CommandState.self), column: "state", summary: "Only in this state."),
                    .init("kind", .text(longest: 32), column: "kind", summary: "Only of this kind."),
                    .init("principal", .text(longest: 64), column: "principal", summary: "Only of this person or program."),
                ], time: "created_at", order: "created_at", place: \.createdAt.microseconds
            ) { $0.map(CommandView.init) }.described(store),
            ListRoute<OutboxRecord, AlertView>(
                pattern: "/alerts", summary: "Alerts, newest first.",
                filters: [
                    .init("instrument", instrument, column: "instrument", summary: "Only this instrument."),
                    .init("severity", .words(of: Severity.self), column: "severity", summary: "Only this severity."),
                    .init("code", .text(longest: 64), column: "code", summary: "Only with this stable code."),
                ], time: "created_at", order: "created_at", place: \.createdAt.microseconds
            ) { $0.map(AlertView.init) }.described(store),
        ]
    }
}

extension AccountView {
    /// The positions that a list with a live status shows, newest first; nil when the list goes beyond what is live.
    fileprivate func livePositions(_ call: RouteCall) -> [PositionRecord]? {
        guard let status = call.text("status").flatMap(PositionStatus.init(rawValue:)), status.isLive, call.values["from"] == nil,
            call.values["to"] == nil
        else { return nil }
        let rows = positions.filter { position in
            position.status == status && call.text("instrument").map { position.instrument.text == $0 } ?? true
                && call.text("rollover_status").map { position.rolloverStatus.rawValue == $0 } ?? true
        }
        return rows.sorted { ($1.createdAt, $0.id.text) < ($0.createdAt, $1.id.text) }
    }
}

extension RouteValueKind {
    /// One of the raw values of an enumeration.
    static func words<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type) -> RouteValueKind {
        .word(type.allCases.map(\.rawValue))
    }
}
