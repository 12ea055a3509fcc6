import Foundation
import MunimKit
import Simulation
import Testing

@Suite("Position plans")
struct PositionPlanTests {
    private static let structure: Structure = {
        let day = TradingDay(daysSinceEpoch: 20_452)
        let contract = Contract(
            venue: "V", root: "R", kind: .future, expiry: day, symbol: "R1", unitsPerLot: 35, tick: Tick(units: 500), freezeQuantity: nil)
        return Structure(
            legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: day, pointValue: PointValue(whole: 35))
    }()

    private static let kinds: [(kind: PositionPlan.Kind, needs: Set<String>)] = [
        (
            .open(
                PositionPlan.Opening(
                    structure: structure, layer: .base, lots: Lots(2), limiter: "risk", price: Price(units: 1),
                    averageTrueRange: Price(units: 2))),
            ["layer", "lots", "limiter", "price", "averageTrueRange"]
        ),
        (.close(structure, layer: .base, lots: Lots(2)), ["layer", "lots"]),
        (.roll(from: structure, to: structure, layer: .base, lots: Lots(2)), ["layer", "lots"]),
        (.repair(lateValue: -7), ["lateValue"]),
    ]

    @Test("A plan is stored with what its kind needs and nothing else, and is refused when a part of that is missing", arguments: 0..<4)
    func stored(_ number: Int) throws {
        let (kind, needs) = Self.kinds[number]
        let plan = PositionPlan(position: "P", kind: kind, legs: [])
        let text = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(PositionPlan.self, from: text) == plan)
        let document = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let structures = [plan.opens.map { _ in "opens" }, plan.closes.map { _ in "closes" }].compactMap(\.self)
        #expect(Set(document.keys) == needs.union(structures).union(["position", "legs", "isSettled"]))
        for key in needs {
            let short = try JSONSerialization.data(withJSONObject: document.filter { $0.key != key })
            #expect(throws: DecodingError.self, "without \(key)") { try JSONDecoder().decode(PositionPlan.self, from: short) }
        }
    }
}
