import Foundation
import MunimKit
import Testing

@testable import Storage

/// A book that was kept when position plans and their legs had other names.
@Suite("Migration of words")
struct WordMigrationTests {
    private let folder: StorageFolder
    private static let before = Array(SQLiteMigrations.all.prefix(3))

    private static let call =
        #"{"expiry":"2026-12-29","freezeQuantity":600,"kind":{"call":{"strike":"58000"}},"root":"BANKNIFTY","#
        + #""symbol":"BANKNIFTY26DEC58000CE","tick":"0.05","unitsPerLot":30,"venue":"NFO"}"#
    private static let structure =
        #"{"expiry":"2026-12-29","legs":[{"contract":\#(call),"openingSide":"BUY","role":"call"}],"pointValue":"30","strike":"58000"}"#

    /// A roll of one position, and another without anything left to do; a text in it quotes the old names.
    private static let plan =
        #"{"averageTrueRange":"350","explanation":{"counterfactuals":[],"gates":[],"outcome":[],"quotes":[],"#
        + #""summary":"the \"steps\": of \"strands\":"},"price":"58000","reason":"rollover","strands":["#
        + #"{"closes":\#(structure),"isSettled":false,"lateValue":0,"layer":"Long_1","limiter":"","lots":2,"opens":\#(structure),"position":"P","#
        + #""steps":["#
        + #"{"action":"close","contract":\#(call),"isRepair":false,"number":0,"quantity":60,"role":"call","side":"SELL"},"#
        + #"{"action":"open","contract":\#(call),"isRepair":false,"number":1,"quantity":60,"role":"call","side":"BUY"}]},"#
        + #"{"isSettled":true,"lateValue":0,"layer":"Long_2","limiter":"risk","lots":2,"opens":\#(structure),"position":"Q","steps":[]}]}"#

    init() throws { folder = try StorageFolder() }

    /// Writes an intent and an order of it as they stood before.
    private func keepBefore() async throws {
        try await folder.withStorage(migrations: Self.before) { storage in
            try await storage.records().sql(
                (
                    "INSERT INTO intents (intent_id, instrument, kind, state, cause_key, plan, reserved_risk, reserved_volatility, "
                        + "reserved_margin, owner, epoch, created_at, updated_at, version) "
                        + "VALUES ('I', 'BANK_NIFTY', 'roll', 'active', 'roll:P', ?, 0, 0, 0, 'munim-1-a', 1, 5, 6, 3)",
                    [.text(Self.plan)]
                ),
                (
                    "INSERT INTO orders (tag, intent_id, position_id, instrument, strand, step, attempt, slice, role, action, side, "
                        + "contract, symbol, quantity, state, filled_quantity, filled_value, planned_at, misses, version) "
                        + "VALUES ('T', 'I', 'P', 'BANK_NIFTY', 7, 9, 2, 0, 'call', 'close', 'SELL', ?, 'S', 60, 'planned', 0, 0, 5, 0, 1)",
                    [.text(Self.call)]
                ))
        }
    }

    @Test(
        "Why an order was dropped or given up moves from its words to a column of its own, and back",
        arguments: [
            ("dropped", "order_rate: the day's orders are used up", Reason.orderRate),
            ("dropped", "superseded_by_exit: an exit outranks it", .supersededByExit),
            ("dropped", "order_rates are what the market is about", nil), ("rejected", "trading_stopped: by the venue", nil),
            ("absent", "its day ended before it was resolved", .dayEnded),
            ("absent", "not in two complete books after the horizon of 60s", .orderAbsent), ("planned", nil, nil),
        ] as [(String, String?, Reason?)])
    func reasons(_ state: String, _ message: String?, _ reason: Reason?) async throws {
        try await keepBefore()
        try await folder.withStorage(migrations: Self.before) { storage in
            _ = try await storage.records().sql(("UPDATE orders SET state = ?, message = ?", [.text(state), message.column]))
        }
        try await folder.withStorage { storage in
            #expect(try await storage.records().fetch(Query<OrderRecord>()).map(\.reason) == [reason])
            // What this binary wrote has no message of its own.
            if reason != nil { try await storage.records().sql(("UPDATE orders SET message = NULL", [])) }
            try await storage.migrate(to: .number(3))
            let words = try await storage.records().sql(("SELECT coalesce(message, '') FROM orders", []))
            #expect(reason == nil || "\(words)".contains(reason == .dayEnded ? "its day ended" : "\(reason?.rawValue ?? ""):"))
        }
    }

    @Test("A plan of this binary has everything that the one before asks for, when the schema goes down")
    func downToTheOneBefore() async throws {
        try await keepBefore()
        try await folder.withStorage { storage in
            let repair = IntentPlan(
                positionPlans: [PositionPlan(position: "P", kind: .repair(lateValue: 7), legs: [])], price: nil, reason: "late order T",
                explanation: Explanation(summary: "Take back the late order T."))
            try await storage.records().sql(("UPDATE intents SET plan = ?", [Stored(repair).column]))
            try await storage.migrate(to: .number(3))
            let back = try Self.document(try await plan(in: storage))
            #expect(back["price"] as? String == "0" && back["averageTrueRange"] as? String == "0")
            let part = try #require((back["strands"] as? [NSDictionary])?.first)
            #expect(part["lateValue"] as? Int == 7 && part["lots"] as? Int == 0 && part["limiter"] as? String == "")
            #expect(part["layer"] as? String == "Long_1" && (part["steps"] as? [Any])?.isEmpty == true)
        }
    }

    /// The document in the only column of the only row, without the price and range that the way up copied into its parts.
    private static func document(_ rows: [[Value]]) throws -> NSDictionary {
        let text = try #require(rows.first?.first.flatMap { String($0) })
        var whole = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        whole["strands"] = (whole["strands"] as? [[String: Any]])?.map { $0.filter { $0.key != "price" && $0.key != "averageTrueRange" } }
        return NSDictionary(dictionary: whole)
    }

    private func plan(in storage: SQLiteStorage) async throws -> [[Value]] {
        try await storage.records().sql(("SELECT plan FROM intents", []))
    }

    @Test("A plan and an order of before are read under the new names")
    func up() async throws {
        try await keepBefore()
        try await folder.withStorage { storage in
            let intent = try #require(try await storage.records().fetch(Query<IntentRecord>()).first)
            let plan = intent.plan.content
            #expect(plan.positionPlans.map(\.position) == ["P", "Q"] && plan.positionPlans.map(\.legs.count) == [2, 0])
            #expect(plan.positionPlans.first?.legs.map(\.quantity) == [Quantity(60), Quantity(60)])
            #expect(plan.explanation.summary == #"the "steps": of "strands":"#)
            #expect(intent.version == 3 && plan.price == Price(whole: 58_000))
            guard case .roll(let from, let to, let layer, let lots) = plan.positionPlans[0].kind,
                case .open(let opening) = plan.positionPlans[1].kind
            else {
                Issue.record("read as \(plan.positionPlans.map(\.kind))")
                return
            }
            #expect(from == to && layer == .base && lots == Lots(2))
            #expect(opening.price == Price(whole: 58_000) && opening.averageTrueRange == Price(whole: 350) && opening.limiter == "risk")
            let order = try #require(try await storage.records().fetch(Query<OrderRecord>()).first)
            #expect(order.positionPlan == 7 && order.leg == 9)
            let shown = try await storage.records().sql(("SELECT position_plan, leg FROM orders_view", []))
            #expect(shown == [[.integer(7), .integer(9)]])
        }
    }

    @Test("The way down gives every row back as it was")
    func down() async throws {
        try await keepBefore()
        try await folder.withStorage { storage in
            try await storage.migrate(to: .number(3))
            let back = try await plan(in: storage)
            #expect(try Self.document(back) == Self.document([[.text(Self.plan)]]))
            let order = try await storage.records().sql(("SELECT strand, step FROM orders_view", []))
            #expect(order == [[.integer(7), .integer(9)]])
        }
    }
}
