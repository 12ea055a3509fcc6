import MunimKit
import Testing

@testable import Storage

/// Rows that no host wrote: each would end the process later, so reading it fails with the place and the reason.
@Suite("Stored rows that cannot be")
struct CorruptRowTests {
    private func refusal<R: Record>(_ type: R.Type, _ row: Row) throws -> String {
        let error = #expect(throws: StorageError.self) { try R(row) }
        guard case .corrupt(let reason)? = error else { return "\(String(describing: error))" }
        return reason
    }

    @Test(
        "A contract of an order with an empty lot, a tick of nothing or no symbol is refused by the name of the member",
        arguments: [
            (#""unitsPerLot":35"#, #""unitsPerLot":0"#, "unitsPerLot: a lot has at least one unit, found 0"),
            (#""tick":"0.05""#, #""tick":"0""#, "tick: a tick is positive, found 0"),
            (#""tick":"0.05""#, #""tick":"-0.05""#, "tick: a tick is positive, found -0.05"),
            (#""freezeQuantity":900"#, #""freezeQuantity":-1"#, "freezeQuantity: a quantity is never negative"),
            (#""symbol":"R25DEC52000CE","#, "", "symbol: "),
        ])
    func contract(part: String, broken: String, reason: String) throws {
        let samples = RecordSamples(table: OrderRecord.table)
        let text = try stored("contract", of: samples).replacing(part, with: broken)
        let found = try refusal(OrderRecord.self, samples.row("contract", .text(text)))
        #expect(found.hasPrefix("orders.contract holds a document that is not a Contract: \(reason)"), "\(found)")
    }

    @Test("A plan and a structure with an empty lot are refused with the whole path to it")
    func nested() throws {
        let intents = RecordSamples(table: IntentRecord.table)
        let plan = try stored("plan", of: intents).replacing(#""unitsPerLot":35"#, with: #""unitsPerLot":0"#)
        let planFault = try refusal(IntentRecord.self, intents.row("plan", .text(plan)))
        #expect(
            planFault.contains("positionPlans[0].") && planFault.hasSuffix("contract.unitsPerLot: a lot has at least one unit, found 0"))
        let positions = RecordSamples(table: PositionRecord.table)
        let structure = try stored("structure", of: positions).replacing(#""unitsPerLot":35"#, with: #""unitsPerLot":0"#)
        let structureFault = try refusal(PositionRecord.self, positions.row("structure", .text(structure)))
        #expect(structureFault.hasSuffix("legs[0].contract.unitsPerLot: a lot has at least one unit, found 0"), "\(structureFault)")
    }

    @Test("A structure without legs, or with two legs of one role, is refused")
    func legs() throws {
        let samples = RecordSamples(table: PositionRecord.table)
        let text = try stored("structure", of: samples)
        let start = try #require(text.firstRange(of: #""legs":["#)?.upperBound)
        let end = try #require(text.lastIndex(of: "]"))
        for (legs, reason) in [
            ("", "legs: a structure has at least one leg"), ("\(text[start..<end]),\(text[start..<end])", "legs: two legs have one role"),
        ] {
            let broken = "\(text[..<start])\(legs)\(text[end...])"
            #expect(try refusal(PositionRecord.self, samples.row("structure", .text(broken))).contains(reason))
        }
    }

    @Test(
        "A live position whose units are not its lots, and one with an empty lot, are refused",
        arguments: [("quantity", Int64(1_010)), ("lots", 1), ("lots", .max), ("lot_size", 1), ("lot_size", 0), ("lot_size", .max)])
    func units(column: String, number: Int64) throws {
        let samples = RecordSamples(table: PositionRecord.table)
        var values = samples.row(column, .integer(number)).values
        values[PositionRecord.table.index(of: "status")] = PositionStatus.open.column
        let reason = try refusal(PositionRecord.self, Row(table: PositionRecord.table, values: values))
        #expect(reason.contains(number == 0 ? "portfolio_positions.lot_size holds integer(0)" : "lots of"), "\(reason)")
    }

    private func stored(_ column: String, of samples: RecordSamples) throws -> String {
        let value = samples.row(allSet: true).values[samples.table.index(of: column)]
        guard case .document(let document) = value else { throw PluginFault("\(column) is no document") }
        return document.text
    }
}
