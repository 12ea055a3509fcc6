/// What the legs of one position plan filled, leg by leg, read from the rows.
struct PositionPlanFills {
    /// The fills of one leg.
    struct LegFill {
        let role: LegRole
        let action: LegAction
        let side: Side
        let contract: Contract
        let wanted: Int64
        let units: Int64
        /// Units that repairs took back.
        var taken: Int64 = 0
        /// Σ price × units, in ten-thousandths.
        let value: Int64

        /// Units that are left of the fills.
        var held: Int64 { units - taken }
    }

    /// All legs but repairs.
    let all: [LegFill]
    let repairs: [LegFill]

    init(_ positionPlan: PositionPlan, _ number: Int, _ intent: Intent) {
        func fill(_ leg: Leg) -> LegFill {
            LegFill(
                role: leg.role, action: leg.action, side: leg.side, contract: leg.contract, wanted: leg.quantity.count,
                units: intent.filled(positionPlan: number, leg: leg.number),
                value: intent.filledValue(positionPlan: number, leg: leg.number))
        }
        let repairs = positionPlan.legs.filter(\.isRepair).map(fill)
        self.repairs = repairs
        all = positionPlan.legs.filter { !$0.isRepair }.map(fill).map { opened in
            var opened = opened
            opened.taken = repairs.reduce(0) { $0 + $1.sign(against: opened) * $1.units }
            return opened
        }
    }

    func legs(_ action: LegAction) -> [LegFill] { all.filter { $0.action == action } }

    /// Units of whole lots that every leg of the action has.
    func whole(_ action: LegAction) -> Int64 {
        max(0, legs(action).map { $0.contract.unitsPerLot.wholeUnits(in: $0.held) }.min() ?? 0)
    }

    /// The part of a leg's value that belongs to `units` of its units; the rest belongs to the surplus.
    private func value(_ leg: LegFill, units: Int64) -> Int64 {
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
        all.reduce(0) { sum, opened in
            let cost = opened.value &- value(opened, units: opened.held)
            let gain = repairs.reduce(0) { $0 &+ $1.sign(against: opened) &* $1.value }
            return opened.side == .buy ? sum &+ gain &- cost : sum &+ cost &- gain
        }
    }

    /// Σ price × units of everything that was traded too much, and of what took it back.
    var repairedValue: Int128 {
        all.reduce(repairs.reduce(Int128(0)) { $0 + Int128($1.value) }) { sum, leg in
            sum + Int128(leg.value) - Int128(value(leg, units: min(leg.units, max(0, leg.held))))
        }
    }

    /// Units of a repair's contract that are still too many, or too few, without what the repair will fill.
    func surplus(against repair: Leg) -> Int64 {
        guard let opened = all.first(where: { $0.contract == repair.contract }) else { return .max }
        return opened.side == repair.side ? 0 - excess(of: opened) : excess(of: opened)
    }

    /// Units to take back; below zero when repairs took back too much.
    func excess(of leg: LegFill) -> Int64 { leg.action == .open && leg.held < 0 ? leg.held : surplus(of: leg) }

    /// Units of a leg that the others do not have, or that were closed twice.
    func surplus(of leg: LegFill) -> Int64 { leg.action == .open ? leg.held - whole(.open) : leg.held - leg.wanted }
}

extension PositionPlanFills.LegFill {
    /// 1 for a repair that takes back what a leg filled, -1 for one that fills it again because too much was taken back.
    fileprivate func sign(against opened: Self) -> Int64 {
        guard contract == opened.contract else { return 0 }
        return side == opened.side ? -1 : 1
    }
}
