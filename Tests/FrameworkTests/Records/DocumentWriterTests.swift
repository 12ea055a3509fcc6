import Foundation
import MunimKit
import Testing

/// Every kind of document that the records keep, with all members set and with as few as there can be.
private enum Samples {
    static let text = "quotes \" \\ / ₹ काली é \u{7f} " + String(String.UnicodeScalarView((0..<32).map { Unicode.Scalar($0) }))
    static let call = Contract(
        venue: "V", root: "R/\"", kind: .call(strike: Price(units: -5)), expiry: TradingDay(daysSinceEpoch: 20_452), symbol: text,
        unitsPerLot: 35, tick: Tick(units: 500), freezeQuantity: Quantity(900))
    static let future = Contract(
        venue: "", root: "", kind: .future, expiry: TradingDay(daysSinceEpoch: 0), symbol: "", unitsPerLot: 1, tick: Tick(units: 1))
    static let put = Contract(
        venue: "V", root: "R", kind: .put(strike: .zero), expiry: TradingDay(daysSinceEpoch: 1), symbol: "S", unitsPerLot: 1,
        tick: Tick(units: 10_000))
    static let structure = Structure(
        legs: [
            StructureLeg(role: .call, contract: call, openingSide: .buy), StructureLeg(role: .put, contract: put, openingSide: .sell),
        ], expiry: TradingDay(daysSinceEpoch: 20_452), strike: Price(whole: 52_000), pointValue: PointValue(whole: 35))
    static let bare = Structure(
        legs: [StructureLeg(role: .future, contract: future, openingSide: .sell)], expiry: TradingDay(daysSinceEpoch: 9),
        pointValue: PointValue(units: 1))
    static let signals = [SignalTarget.layer(.base), .all, .none].map { target in
        Signal(
            kind: .pyramid, instrument: "GOLD", target: target, price: Price(units: .max), stop: Price(units: -.max), lots: Lots(.max),
            atr: Price(units: 1), efficiencyRatio: Ratio(units: 820_000), supertrend: .zero, rateOfChange: Ratio(units: -5),
            timestamp: Instant(microseconds: -1), timestampText: text, reason: text, entryPrice: Price(units: 7))
    }
    static let bareSignal = Signal(kind: .exit, instrument: "", target: .none, price: .zero, timestamp: Instant(microseconds: 0))
    static let request = SizingRequest(
        price: Price(units: 1), stop: Price(units: 2), averageTrueRange: Price(units: 3), efficiencyRatio: Ratio(units: 4),
        suggestedLots: Lots(5), equity: Money(units: 6), availableMargin: Money(units: -7), marginPerLot: Money(units: 8),
        pointValue: PointValue(units: 9), pyramid: PyramidContext(taken: 1, baseLots: Lots(2), baseEntry: .zero, baseRisk: Price(units: 3)))
    static let bareRequest = SizingRequest(
        price: .zero, stop: .zero, averageTrueRange: .zero, efficiencyRatio: .zero, suggestedLots: .zero, equity: .zero,
        availableMargin: .zero, marginPerLot: .zero, pointValue: .zero)
    static let sizing = SizingDecision(
        rule: "r", lots: Lots(4), limiter: "risk",
        constraints: [SizingConstraint(name: "risk", quotient: FractionalLots(units: -1), lots: .zero, binds: false)])
    static let quotes = [
        ContractQuote(
            symbol: "S",
            quote: Quote(bid: Price(units: 1), ask: Price(units: 2), last: Price(units: 3), openInterest: -4, at: Instant(microseconds: 5))),
        ContractQuote(symbol: text, quote: Quote(at: Instant(microseconds: -1))),
    ]
    static let explanation = Explanation(
        summary: text, sizing: sizing, request: request,
        gates: [Gate("a", passed: true, value: text, limit: ""), Gate("b", passed: false, value: "", limit: text)], quotes: quotes,
        counterfactuals: [Counterfactual(input: "i", change: "+1", lots: Lots(5), sentence: text)], outcome: [text, ""])
    static let leg = Leg(number: 3, role: .call, action: .open, contract: call, side: .buy, quantity: Quantity(140), isRepair: true)
    static let opening = PositionPlan.Opening(
        structure: structure, layer: .base, lots: Lots(4), limiter: text, price: Price(units: 7), averageTrueRange: Price(units: 2))
    static let kinds: [PositionPlan.Kind] = [
        .open(opening), .close(bare, layer: .base, lots: Lots(4)), .roll(from: bare, to: structure, layer: .base, lots: .zero),
        .repair(lateValue: -5),
    ]
    static let plan = IntentPlan(
        positionPlans: kinds.map { PositionPlan(position: "P", kind: $0, legs: [leg]) }, price: Price(units: -1), reason: text,
        explanation: explanation)
    static let barePlan = IntentPlan(positionPlans: [], price: nil, reason: "", explanation: Explanation(summary: ""))
    static let commands: [OperatorCommand] = [
        .stop(reason: text), .resume(reason: text), .resume(reason: text, lifting: 3), .closeAll(reason: text), .exit("P", reason: text),
        .bookExit("P", price: Price(units: 1), reason: text), .capital(Money(units: -1), notes: text, key: "K"),
        .unfreeze("I", reason: text), .rollover(execute: true),
    ]
}

@Suite("Documents of records")
struct DocumentWriterTests {
    private func check<Content: DocumentContent>(_ content: Content) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let stored = Stored(content)
        guard case .document(let document) = stored.column else { throw PluginFault("\(Content.self) is no document") }
        #expect(document.text == String(decoding: try encoder.encode(content), as: UTF8.self))
        #expect(Stored<Content>(.text(document.text)) == stored)
        #expect(Stored<Content>(stored.column) == stored)
    }

    @Test("A command is written as an encoder would write it, and is read back equal", arguments: Samples.commands)
    func commands(command: OperatorCommand) throws { try check(command) }

    @Test("What is written is what an encoder would write, byte for byte, and is read back equal")
    func sameAsEncoder() throws {
        for signal in Samples.signals + [Samples.bareSignal] { try check(signal) }
        for contract in [Samples.call, Samples.future, Samples.put] { try check(contract) }
        for structure in [Samples.structure, Samples.bare] { try check(structure) }
        for request in [Samples.request, Samples.bareRequest] { try check(request) }
        for explanation in [Samples.explanation, Explanation(summary: "")] { try check(explanation) }
        for plan in [Samples.plan, Samples.barePlan] { try check(plan) }
    }

    @Test("Numbers are written whole, from the smallest to the largest", arguments: [Int64.min, -10, -1, 0, 9, 10, .max])
    func numbers(_ number: Int64) throws { try check([number]) }

    @Test("Names that are only known when they are written are in order, and escaped")
    func names() throws { try check(["b": [1], "a\"": [], "": [2, 3]] as [String: [Int]]) }

    @Test("A document that changes is written anew, and its copies are as they were")
    func copies() {
        let before = Stored(Samples.plan)
        let written = before.column
        var after = before
        after.content.reason = "another"
        #expect(before.column == written)
        #expect(after.column != written)
        #expect(after != before)
    }
}
