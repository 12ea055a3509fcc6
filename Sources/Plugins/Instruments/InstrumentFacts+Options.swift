package import MunimKit

/// What options start from: the form of a position, and a preset's numbers where there are some.
package struct InstrumentBasis: Sendable {
    /// Whether positions are synthetic; otherwise they are futures.
    package var isSynthetic: Bool
    /// The preset's numbers; nil where the entry must give them.
    package var facts: InstrumentFacts?

    package init(isSynthetic: Bool, facts: InstrumentFacts? = nil) {
        self.isSynthetic = isSynthetic
        self.facts = facts
    }
}

extension InstrumentFacts {
    /// Reads every fact; what the entry leaves out comes from the preset, and without a preset it is required.
    package init(from reader: inout OptionReader, basis: InstrumentBasis) {
        let preset = basis.facts
        root = reader.value("root", .text, default: preset?.root, summary: "Root of the contract family, as in symbols.")
        venue = reader.value("venue", .text, default: preset?.venue, summary: "Exchange segment as the broker names it.")
        let standard: SymbolPattern = basis.isSynthetic ? .option : .future
        symbol = reader.value(
            "symbol", .symbolPattern, default: preset?.symbol ?? standard,
            summary: "How symbols are spelled: text with {root} {yy} {yyyy} {MON} {mm} {dd} {strike} {right}.")
        form = Self.form(&reader, basis)
        tick = reader.value("tick", .tick, default: preset?.tick, summary: "Smallest price step.")
        var lots = LotOptions(from: &reader, basis: basis)
        lots.apply(LotOptions.changes(from: &reader))
        unitsPerLot = lots.unitsPerLot
        pointValue = lots.pointValue
        marginPerLot = lots.marginPerLot
        freezeQuantity = lots.freezeQuantity
        let calendar = TradingCalendar(from: &reader, preset: preset?.months.calendar)
        months = ContractMonths(from: &reader, preset: preset?.months, calendar: calendar)
        let multiple = OptionKind<Ratio>.ratio.above(.zero, atMost: Ratio(whole: 100))
        let unit = "average true ranges"
        initialStop = reader.value(
            "initial_stop", multiple, default: preset?.initialStop, unit: unit, summary: "Distance of the initial stop below the entry.")
        trailingStop = reader.value(
            "trailing_stop", multiple, default: preset?.trailingStop, unit: unit,
            summary: "Distance of the trailing stop below the highest close.")
        maximumPyramids = reader.value(
            "maximum_pyramids", .integer.within(0...98), default: preset?.maximumPyramids ?? 5,
            summary: "How many pyramids a base may carry.")
        pyramidSpacing = reader.value(
            "pyramid_spacing", .ratio.within(.zero...Ratio(whole: 100)), default: preset?.pyramidSpacing ?? Ratio(units: 500_000),
            unit: unit,
            summary: "Least distance between two layers.")
        barLength = reader.value(
            "bar_length", .span.above(.zero, atMost: .days(7)), default: preset?.barLength ?? .minutes(60),
            summary: "Length of one bar of the sender, for the alarm when it falls silent.")
        if let fault { reader.fail(fault.option, fault.sentence) }
    }

    private static func form(_ reader: inout OptionReader, _ basis: InstrumentBasis) -> Form {
        guard basis.isSynthetic else { return .future }
        var step: Price?
        if case .synthetic(let grid) = basis.facts?.form { step = grid.step }
        return .synthetic(
            StrikeGrid(step: reader.value("strike_step", .price.above(.zero), default: step, summary: "Distance between the strikes used."))
        )
    }
}

/// The facts that change by the day: size, worth, margin and largest order of a lot.
private struct LotOptions {
    var unitsPerLot: DatedTable<LotSize>
    var pointValue: DatedTable<PointValue>
    var marginPerLot: DatedTable<Money>
    var freezeQuantity: DatedTable<Quantity?>
    /// Whether the point value is the units of the lot, because prices are per unit and nothing else was said.
    let pointValueFollowsUnits: Bool

    /// One row of `changes`: what is given changes on that day.
    struct Change {
        var from: TradingDay
        var unitsPerLot: LotSize?
        var pointValue: PointValue?
        var marginPerLot: Money?
        var freezeQuantity: Quantity?
    }

    static var size: OptionKind<LotSize> {
        var kind = OptionKind<LotSize>.lotSize.atMost(1_000_000)
        kind.range = units.range
        return kind
    }
    static let units = OptionKind<Quantity>.quantity.within(Quantity(1)...Quantity(1_000_000))
    static let worth = OptionKind<PointValue>.pointValue.above(.zero)
    static let margin = OptionKind<Money>.money.above(.zero)

    /// A value at the top of the entry holds on all days and takes the place of the preset's table.
    init(from reader: inout OptionReader, basis: InstrumentBasis) {
        let preset = basis.facts
        unitsPerLot = Self.table(
            &reader, "units_per_lot", Self.size, preset?.unitsPerLot,
            "Units in which the broker counts one lot: 1 where orders count lots.")
        if basis.isSynthetic {
            let given = reader.optional(
                "point_value", Self.worth, summary: "Money per point of price per lot; the units of a lot when absent.")
            pointValue = DatedTable(given ?? .zero)
            pointValueFollowsUnits = given == nil
        } else {
            pointValue = Self.table(&reader, "point_value", Self.worth, preset?.pointValue, "Money per point of price per lot.")
            pointValueFollowsUnits = false
        }
        marginPerLot = Self.table(&reader, "margin_per_lot", Self.margin, preset?.marginPerLot, "Margin that one lot needs.")
        let freeze = reader.optional("freeze_quantity", Self.units, summary: "Largest quantity of one order; no limit when absent.")
        freezeQuantity = freeze.map { DatedTable($0) } ?? preset?.freezeQuantity ?? DatedTable(nil)
    }

    static func changes(from reader: inout OptionReader) -> [Change] {
        reader.rows("changes", summary: "Facts of the lot that change on known days; what a row leaves out stays as it was.") { row in
            Change(
                from: row.value("from", .day, summary: "First day on which the change holds."),
                unitsPerLot: row.optional("units_per_lot", size, summary: "Units in which the broker counts one lot."),
                pointValue: row.optional("point_value", worth, summary: "Money per point of price per lot."),
                marginPerLot: row.optional("margin_per_lot", margin, summary: "Margin that one lot needs."),
                freezeQuantity: row.optional("freeze_quantity", units, summary: "Largest quantity of one order."))
        }
    }

    mutating func apply(_ changes: [Change]) {
        unitsPerLot = unitsPerLot.adding(changes.compactMap { change in change.unitsPerLot.map { .init(from: change.from, $0) } })
        if pointValueFollowsUnits { pointValue = unitsPerLot.map { PointValue(whole: Int($0.count)) } }
        pointValue = pointValue.adding(changes.compactMap { change in change.pointValue.map { .init(from: change.from, $0) } })
        marginPerLot = marginPerLot.adding(changes.compactMap { change in change.marginPerLot.map { .init(from: change.from, $0) } })
        freezeQuantity = freezeQuantity.adding(changes.compactMap { change in change.freezeQuantity.map { .init(from: change.from, $0) } })
    }

    private static func table<Value>(
        _ reader: inout OptionReader, _ key: String, _ kind: OptionKind<Value>, _ preset: DatedTable<Value>?, _ summary: String
    ) -> DatedTable<Value> {
        let value = reader.value(key, kind, default: preset?.values.last, summary: summary)
        guard let preset, !reader.isGiven(key) else { return DatedTable(value) }
        return preset
    }
}
