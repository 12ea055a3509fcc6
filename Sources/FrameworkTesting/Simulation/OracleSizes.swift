import MunimKit

/// I19 and domain.md 3, 4 and 6: what a decision to take risk was sized from and held against, recomputed from the rows before it.
extension Oracle {
    /// What is open, and what is being opened, which counts as used.
    private struct Used {
        var risk: Int128 = 0
        var volatility: Int128 = 0
        var margin: Int128 = 0
        var count = 0
    }

    private var used: Used {
        var used = Used()
        for position in books.live.values {
            let (risk, volatility, margin) = Self.stakes(of: position)
            (used.risk, used.volatility, used.margin, used.count) =
                (used.risk + risk, used.volatility + volatility, used.margin + margin, used.count + 1)
        }
        for intent in books.intents.values where intent.kind.increasesRisk && intent.state == .active {
            let (risk, volatility, margin) = Self.stakes(of: intent)
            (used.risk, used.volatility, used.margin, used.count) =
                (used.risk + risk, used.volatility + volatility, used.margin + margin, used.count + 1)
        }
        // A slot that waits for an order that may still show up is taken as well, with nothing reserved for it.
        used.count += books.intents.values.count { $0.kind.increasesRisk && $0.state == .quarantined }
        return used
    }

    static func stakes(of position: PositionRecord) -> (risk: Int128, volatility: Int128, margin: Int128) {
        let (lots, point) = (position.lots.count, position.pointValue)
        let distance = max(0, Int128(position.entryPrice.units) - Int128(position.currentStop.units))
        return (
            Reckoning.money(distance, lots: lots, point), Reckoning.money(Int128(position.averageTrueRange.units), lots: lots, point),
            Int128(position.marginPerLot.units) * Int128(lots)
        )
    }

    /// What the plan of an entry puts at stake, by the numbers that its size was computed from.
    private static func stakes(of intent: IntentRecord) -> (risk: Int128, volatility: Int128, margin: Int128) {
        let plan = intent.plan.content
        guard let request = plan.explanation.request, let lots = plan.positionPlans.first?.lots?.count else { return (0, 0, 0) }
        let distance = max(0, Int128(request.price.units) - Int128(request.stop.units))
        return (
            Reckoning.money(distance, lots: lots, request.pointValue),
            Reckoning.money(Int128(request.averageTrueRange.units), lots: lots, request.pointValue),
            Int128(request.marginPerLot.units) * Int128(lots)
        )
    }

    /// Holds a new entry or pyramid against what was so before its transition.
    mutating func checkSize(of intent: IntentRecord, _ store: ModelStore) {
        let plan = intent.plan.content
        guard let traded = tradedInstruments[intent.instrument],
            let signal = intent.signal.flatMap({ store.row(SignalRecord.self, $0)?.signal.content }),
            let request = plan.explanation.request, let positionPlan = plan.positionPlans.first
        else { return breach("I19", "\(intent.id) says nothing of what its size was computed from") }
        if intent.entryDeadline != signal.timestamp + policy.entryWindow {
            breach(
                "I4",
                "\(intent.id) may open until \(intent.entryDeadline.map { "\($0)" } ?? "for ever"), its signal is of \(signal.timestamp)")
        }
        let used = used
        checkRequest(request, of: intent, signal, traded, used)
        checkLots(of: positionPlan, request, intent, signal, traded)
        let stakes = Self.stakes(of: intent)
        // One that could not leave is over in its own transition.
        if intent.state == .active,
            [intent.reservedRisk, intent.reservedVolatility, intent.reservedMargin].map({ Int128($0.units) })
                != [stakes.risk, stakes.volatility, stakes.margin]
        {
            breach("I19", "\(intent.id) reserves \(intent.reservedRisk), \(intent.reservedVolatility) and \(intent.reservedMargin)")
        }
        if policy.limits.areEnforced { checkLimits(of: intent, stakes, request, used) }
    }

    private mutating func checkRequest(
        _ request: SizingRequest, of intent: IntentRecord, _ signal: Signal, _ traded: TradedInstrument, _ used: Used
    ) {
        let terms = traded.instrument.terms(on: TradingDay(of: intent.createdAt))
        let own = Int128(signal.price.units) - Reckoning.share(Int128(signal.atr.units), terms.initialStopMultiple)
        let stop = policy.sizingStop == .signal ? Int128(signal.stop.units) : min(Int128(signal.stop.units), max(0, own))
        if Int128(request.stop.units) != stop || request.price != signal.price || request.averageTrueRange != signal.atr {
            breach("I19", "\(intent.id) is sized on \(request.price), \(request.stop) and \(request.averageTrueRange)")
        }
        guard policy.equity == .closed else { return }
        if request.equity.units != books.equity {
            breach("I19", "\(intent.id) is sized on an equity of \(request.equity), which is \(Money(units: books.equity))")
        }
        let free = max(0, Reckoning.share(Int128(books.equity), policy.marginShare) - used.margin)
        // The broker may have less free than that.
        if Int128(request.availableMargin.units) > free {
            breach("I19", "\(intent.id) is sized on a margin of \(request.availableMargin), of which \(free) units are free")
        }
    }

    // The size is what the rule says of these numbers, less what the market has run away.
    private mutating func checkLots(
        of positionPlan: PositionPlan, _ request: SizingRequest, _ intent: IntentRecord, _ signal: Signal, _ traded: TradedInstrument
    ) {
        guard let decided = try? traded.sizing.size(request), case .open(let opening) = positionPlan.kind else { return }
        let structure = opening.structure
        let quotes = intent.plan.content.explanation.quotes
        let prices = structure.legs.compactMap { leg in
            quotes.first { $0.symbol == leg.contract.symbol }?.quote.reference.map { (leg.role, Int128($0.units)) }
        }
        guard prices.count == structure.legs.count, let market = Self.price(of: structure, prices) else {
            return breach("I19", "\(intent.id) was decided without a price of every leg")
        }
        var lots = Int128(decided.lots.count)
        let planned = Int128(signal.price.units) - Int128(signal.stop.units)
        if market > Int128(signal.price.units), planned > 0 {
            lots = min(lots, max(1, lots * planned / (market - Int128(signal.stop.units))))
        }
        if Int128(opening.lots.count) != lots {
            breach("I19", "\(intent.id) opens \(opening.lots) lots, its rule and the market allow \(lots)")
        }
        for leg in positionPlan.legs
        where intent.state == .active && Int128(leg.quantity.count) != lots * Int128(leg.contract.unitsPerLot.count) {
            breach("I14", "\(intent.id) plans \(leg.quantity) units of \(leg.contract.symbol) for \(opening.lots) lots")
        }
        guard intent.kind == .pyramid, let stack = books.stacks[intent.instrument], let base = stack.base.flatMap({ books.live[$0] }) else {
            return
        }
        let context = PyramidContext(
            taken: stack.taken, baseLots: base.lots, baseEntry: base.entryPrice, baseRisk: base.initialRisk)
        if request.pyramid != context {
            breach("I17", "\(intent.id) is sized as layer \(request.pyramid?.taken ?? -1) on its base, \(stack.taken) are")
        }
        let most = traded.instrument.terms(on: TradingDay(of: signal.timestamp)).maximumPyramids
        if policy.limits.areEnforced, stack.taken >= most { breach("I17", "\(intent.id) is number \(stack.taken + 1) of \(most) pyramids") }
    }

    /// The price of a structure from those of its legs: a future's, or strike + call − put.
    static func price(of structure: Structure, _ legs: [(role: LegRole, price: Int128)]) -> Int128? {
        var sum = Int128(structure.strike?.units ?? 0)
        guard legs.count == structure.legs.count else { return nil }
        for leg in legs {
            switch leg.role {
            case .future, .call: sum += leg.price
            case .put: sum -= leg.price
            }
        }
        return sum
    }

    private mutating func checkLimits(
        of intent: IntentRecord, _ stakes: (risk: Int128, volatility: Int128, margin: Int128), _ request: SizingRequest, _ used: Used
    ) {
        let (limits, isPyramid) = (policy.limits, intent.kind == .pyramid)
        let equity = Int128(request.equity.units)
        func exceeds(_ sum: Int128, _ limit: Ratio) -> Bool { equity <= 0 || (sum * 1_000_000).rounded(by: equity) > Int128(limit.units) }
        if exceeds(used.risk + stakes.risk, isPyramid ? limits.pyramidRisk : limits.entryRisk) {
            breach("I19", "\(intent.id) brings the risk to \(used.risk + stakes.risk) of \(equity) units")
        }
        if exceeds(used.volatility + stakes.volatility, isPyramid ? limits.pyramidVolatility : limits.entryVolatility) {
            breach("I19", "\(intent.id) brings the volatility to \(used.volatility + stakes.volatility) of \(equity) units")
        }
        if exceeds(used.margin + stakes.margin, policy.marginShare) {
            breach("I19", "\(intent.id) brings the margin to \(used.margin + stakes.margin) of \(equity) units")
        }
        checkDecision(intent, request)
        if used.count >= limits.positions { breach("I19", "\(intent.id) is number \(used.count + 1) of \(limits.positions) positions") }
        checkProfit(of: intent, request)
    }

    // I19: one decision has an upper size, in lots, in orders of one leg and in value.
    private mutating func checkDecision(_ intent: IntentRecord, _ request: SizingRequest) {
        guard let positionPlan = intent.plan.content.positionPlans.first, let lots = positionPlan.lots else { return }
        let limits = policy.limits
        if lots > limits.lots {
            breach("I19", "\(intent.id) opens \(lots) lots, one decision may \(limits.lots)")
        }
        for leg in positionPlan.legs {
            guard let freeze = leg.contract.freezeQuantity?.count else { continue }
            let whole = max(1, freeze / leg.contract.unitsPerLot.count)
            let orders = (lots.count + whole - 1) / whole
            if orders > limits.slices {
                breach("I19", "\(intent.id) takes \(orders) orders of \(leg.contract.symbol), it may \(limits.slices)")
            }
        }
        let value = Reckoning.money(Int128(request.price.units), lots: lots.count, request.pointValue)
        if value > Int128(limits.orderValue.units) { breach("I19", "\(intent.id) is worth \(value) units, it may be \(limits.orderValue)") }
    }

    // domain.md 4.2: the layers that stand have a gain at the signal's price, and the base one of more than one R.
    private mutating func checkProfit(of intent: IntentRecord, _ request: SizingRequest) {
        guard intent.kind == .pyramid else { return }
        var profit: Int128 = 0
        for position in books.live.values where position.instrument == intent.instrument {
            profit += Reckoning.money(
                Int128(request.price.units) - Int128(position.entryPrice.units), lots: position.lots.count, position.pointValue)
        }
        if profit <= 0 { breach("I17", "\(intent.id) adds to layers that have a loss of \(profit) units") }
        guard let base = books.stacks[intent.instrument]?.base.flatMap({ books.live[$0] }) else { return }
        if request.price.units - base.entryPrice.units <= base.initialRisk.units {
            breach("I17", "\(intent.id) adds to a base that has not gained one R")
        }
    }
}
