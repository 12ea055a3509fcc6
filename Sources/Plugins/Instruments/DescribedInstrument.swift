package import MunimKit

/// A name and the numbers behind it; everything else is the one implementation of ``DescribedInstrument``.
package protocol InstrumentPreset: Sendable {
    /// What the plugin says of itself.
    static var manifest: PluginManifest { get }
    /// Whether positions are futures or synthetics, and the preset's numbers; without numbers the entry must give them all.
    static var basis: InstrumentBasis { get }
}

/// Options of a preset: every fact can be overridden by the entry.
package struct PresetOptions<Preset: InstrumentPreset>: PluginOptions {
    /// The facts after the entry's overrides.
    package let facts: InstrumentFacts

    /// Facts written in code.
    package init(facts: InstrumentFacts) { self.facts = facts }
    package init(from reader: inout OptionReader) { facts = InstrumentFacts(from: &reader, basis: Preset.basis) }
}

/// An instrument that is nothing but its facts: futures, synthetic futures, and every preset of them.
package struct DescribedInstrument<Preset: InstrumentPreset>: InstrumentPlugin {
    package static var manifest: PluginManifest { Preset.manifest }

    /// Everything that it is.
    package let facts: InstrumentFacts

    package init(options: PresetOptions<Preset>, context: PluginContext) throws {
        if let fault = options.facts.fault { throw PluginFault("\(context.name): \(fault.option): \(fault.sentence)") }
        facts = options.facts
    }

    package func terms(on day: TradingDay) -> InstrumentTerms {
        InstrumentTerms(
            pointValue: facts.pointValue.value(on: day), unitsPerLot: facts.unitsPerLot.value(on: day),
            marginPerLot: facts.marginPerLot.value(on: day), initialStopMultiple: facts.initialStop,
            trailingStopMultiple: facts.trailingStop, maximumPyramids: facts.maximumPyramids, pyramidSpacing: facts.pyramidSpacing,
            barLength: facts.barLength)
    }

    package func schedule(on day: TradingDay) -> DaySchedule { facts.months.calendar.schedule(on: day) }

    package func knowsCalendar(of day: TradingDay) -> Bool { facts.months.calendar.covers(day) }

    package func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        facts.months.contracts(onOrAfter: day, count: count).map(\.expiry)
    }

    package func isContract(_ symbol: String, on day: TradingDay) -> Bool {
        let rights: [ContractKind] =
            switch facts.form {
            case .future: [.future]
            case .synthetic: [.call(strike: .zero), .put(strike: .zero)]
            }
        return facts.months.contracts(onOrAfter: day.advanced(by: -31), count: 13).contains { month in
            rights.contains { facts.symbol.isSymbol(symbol, root: facts.root, month: month, right: $0) }
        }
    }

    package func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        guard let month = facts.months.contract(expiring: expiry), expiry >= day else { throw .noSuchExpiry(expiry) }
        let pointValue = facts.pointValue.value(on: day)
        switch facts.form {
        case .future:
            let leg = StructureLeg(role: .future, contract: contract(.future, of: month, on: day), openingSide: .buy)
            return Structure(legs: [leg], expiry: expiry, pointValue: pointValue)
        case .synthetic(let grid):
            guard let strike = grid.nearest(to: price) else { throw .noStrike(near: price) }
            // The bought call comes first, so that a stop half-way leaves a limited risk.
            let legs = [
                StructureLeg(role: .call, contract: contract(.call(strike: strike), of: month, on: day), openingSide: .buy),
                StructureLeg(role: .put, contract: contract(.put(strike: strike), of: month, on: day), openingSide: .sell),
            ]
            return Structure(legs: legs, expiry: expiry, strike: strike, pointValue: pointValue)
        }
    }

    private func contract(_ kind: ContractKind, of month: ContractMonth, on day: TradingDay) -> Contract {
        Contract(
            venue: facts.venue, root: facts.root, kind: kind, expiry: month.expiry,
            symbol: facts.symbol.symbol(root: facts.root, month: month, kind: kind), unitsPerLot: facts.unitsPerLot.value(on: day),
            tick: facts.tick, freezeQuantity: facts.freezeQuantity.value(on: day))
    }
}
