import MunimKit

/// Moving money in and out, and exits that a person decides, for operators.
struct MoneyRoutes: Sendable {
    let application: Application

    var all: [RouteDescription] {
        [
            RouteDescription(
                method: .post, pattern: "/capital", access: .operators,
                summary: "Move money in or out. A repeated key is answered from the ledger and moves nothing.",
                body: [
                    RouteField("type", .word(["DEPOSIT", "WITHDRAW"]), isRequired: true, summary: "In or out."),
                    RouteField("amount", .money, isRequired: true, summary: "How much, as text or as a plain number."),
                    RouteField("notes", .remark(longest: 200), whenMissing: .text(""), summary: "What for."),
                    OperatorFields.by,
                    RouteField("key", .text(longest: 100), isRequired: true, summary: "Names this movement once for ever."),
                ],
                responses: [
                    200: .value(CapitalReply.self, "Moved, now or before, with its row of the ledger."),
                    409: .either(
                        [OperatorReply.self, Failure.self], "The account speaks against it, or the key was used for another movement."),
                ], handler: move),
            RouteDescription(
                method: .post, pattern: "/manual-exit", access: .operators,
                summary: "Book an exit that was made at the broker by hand, or with execute close the position now.",
                body: [
                    RouteField("position_id", .text(longest: 128), isRequired: true, summary: "The position."),
                    RouteField("price", .price, summary: "At which price it was closed by hand; not beside execute."),
                    OperatorFields.reason, OperatorFields.by, OperatorFields.key,
                    RouteField("execute", .flag, whenMissing: .flag(false), summary: "Whether to send orders that close it."),
                ],
                responses: [
                    200: .value(OperatorReply.self, "Booked, or being closed."), 404: .failure("No position is called so."),
                    409: .value(OperatorReply.self, "The position is not open."),
                ], handler: exit),
        ]
    }

    @Sendable private func move(_ call: RouteCall) async throws -> HTTPResponse {
        guard case .money(let size) = call.values["amount"] else { throw RouteRefusal.badRequest(["amount: found nothing"]) }
        let isDeposit = try call.required("type") == LedgerEntryKind.deposit.rawValue
        let key = try call.required("key")
        let amount = isDeposit ? size : Money(units: -size.units)
        if let before = try await entry(key) { return try repeated(before, amount) }
        let command = OperatorCommand.capital(amount, notes: call.text("notes") ?? "", key: key)
        // The ledger knows the keys of what moved; one whose movement was declined is free for another.
        let answer = try await application.ask(command, for: call, isNamedByKey: false)
        guard answer.isDone, let row = try await entry(key) else { return OperatorReply(answer).response }
        return try repeated(row, amount)
    }

    private func entry(_ key: String) async throws -> LedgerRecord? {
        try await application.store.fetch(Query<LedgerRecord>(.equal("entry_key", "capital:\(key)"))).first
    }

    private func repeated(_ row: LedgerRecord, _ amount: Money) throws -> HTTPResponse {
        guard row.amount == amount else {
            throw RouteRefusal(
                status: 409, kind: .conflict,
                message: "this key was used for \(row.kind.rawValue) of \(row.amount); another movement needs another key")
        }
        return .encoded(CapitalReply(row))
    }

    @Sendable private func exit(_ call: RouteCall) async throws -> HTTPResponse {
        let id = PositionID(try call.required("position_id"))
        let reason = try call.required("reason")
        let command: OperatorCommand
        switch (call.values["price"], call.flag("execute")) {
        case (.price, true): throw RouteRefusal.badRequest(["price: found beside execute, expected one of them"])
        case (.price(let price), false): command = .bookExit(id, price: price, reason: reason)
        case (_, true): command = .exit(id, reason: reason)
        default:
            throw RouteRefusal.badRequest([
                "price: found nothing, expected the price of the exit made by hand, or execute true to send orders"
            ])
        }
        guard try await application.store.count(Query<PositionRecord>(.equal("position_id", id))) > 0 else {
            throw RouteRefusal.missing("no position is called \(Excerpt.quoted(id.text))")
        }
        return OperatorReply(try await application.ask(command, for: call)).response
    }
}

/// The answer to a movement of money; the same for each request with one key.
struct CapitalReply: Codable, Sendable {
    var status: OperatorReply.Outcome
    var message: String
    var entry: LedgerView

    init(_ row: LedgerRecord) {
        status = .done
        message = "Closed equity is \(row.equityAfter) after \(row.kind.rawValue) of \(row.amount)."
        entry = LedgerView(row)
    }
}

extension CapitalReply: DescribedAnswer {
    static var schemaName: String { "CapitalReply" }
    static var schemaSummary: String { "A movement of money that is booked." }
    static var meanings: [String: String] {
        ["status": "Always done.", "message": "The same in a sentence.", "entry": "Its row of the ledger."]
    }
}
