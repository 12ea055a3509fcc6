/// What the legs of one strand filled, step by step, read from the rows.
struct StrandFills {
    /// The fills of one step.
    struct Leg {
        let role: LegRole
        let action: LegAction
        let side: Side
        let contract: Contract
        let wanted: Int64
        let units: Int64
        /// Σ price × units, in ten-thousandths.
        let value: Int64
    }

    private let steps: [Leg]
    let repairs: [Leg]

    init(_ strand: Strand, _ number: Int, _ intent: Intent) {
        func leg(_ step: Step) -> Leg {
            Leg(
                role: step.role, action: step.action, side: step.side, contract: step.contract, wanted: step.quantity.count,
                units: intent.filled(strand: number, step: step.number), value: intent.filledValue(strand: number, step: step.number))
        }
        steps = strand.steps.filter { !$0.isRepair }.map(leg)
        repairs = strand.steps.filter(\.isRepair).map(leg)
    }

    /// All legs but repairs.
    var all: [Leg] { steps }

    func legs(_ action: LegAction) -> [Leg] { steps.filter { $0.action == action } }

    /// Units of whole lots that every leg of the action has.
    func whole(_ action: LegAction) -> Int64 {
        legs(action).map { $0.units - $0.units % max(1, $0.contract.unitsPerLot.count) }.min() ?? 0
    }

    /// The part of a leg's value that belongs to `units` of its units; the rest belongs to the surplus.
    private func value(_ leg: Leg, units: Int64) -> Int64 {
        guard leg.units > units, leg.units > 0 else { return leg.value }
        return Int64(Int128(leg.value) * Int128(units) / Int128(leg.units))
    }

    /// Σ value of the whole units, signed by how the leg stands in the position: bought legs count up, sold legs down.
    func signedValue(_ action: LegAction, units: Int64? = nil) -> Int64 {
        let whole = units ?? whole(action)
        return legs(action).reduce(0) { sum, leg in
            let openingSide = action == .open ? leg.side : leg.side.opposite
            let part = value(leg, units: whole)
            return openingSide == .buy ? sum &+ part : sum &- part
        }
    }

    /// The structure's price from the average fills of its legs.
    func price(of structure: Structure, _ action: LegAction) -> Price? {
        let prices = legs(action).compactMap { leg in
            Core.average(leg.value, over: leg.units).map { LegPrice(role: leg.role, price: $0) }
        }
        return structure.price(of: prices)
    }

    /// Gain of surplus units that were taken back, as Σ price × units.
    var repairProfit: Int64 {
        repairs.reduce(0) { sum, repair in
            guard let opened = steps.first(where: { $0.contract == repair.contract && $0.side != repair.side }) else { return sum }
            let cost = opened.value &- value(opened, units: opened.units - repair.units)
            return repair.side == .sell ? sum &+ repair.value &- cost : sum &+ cost &- repair.value
        }
    }
}
