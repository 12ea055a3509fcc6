public import MunimKit
public import Testing

/// What every instrument must do, whoever wrote it; a plugin's own test makes one and calls ``check(_:price:sourceLocation:)``.
///
/// Faults are recorded as issues of the running test, at the line of the caller.
public enum InstrumentConformance {
    /// Checks an instrument on days of 2009 to 2031, at a price that is usual for it.
    public static func check(
        _ instrument: any InstrumentPlugin, price: Price = Price(whole: 50_000), sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let suite = Checks(instrument: instrument, price: price, recorder: ConformanceRecorder(place: sourceLocation))
        for day in days {
            suite.terms(on: day)
            suite.schedule(on: day)
            suite.expiries(from: day)
            suite.structures(on: day)
            suite.extremes(on: day)
        }
        suite.farDays()
        suite.purity()
    }

    /// Every 37th day, so that all days of the week, months, years of change, and weekends are met.
    static var days: [TradingDay] {
        let start = TradingDay(year: 2009, month: 1, day: 1) ?? TradingDay(daysSinceEpoch: 14_245)
        return stride(from: 0, through: 8_100, by: 37).map(start.advanced(by:))
    }

    /// The checks with what they speak about.
    struct Checks {
        let instrument: any InstrumentPlugin
        let price: Price
        let recorder: ConformanceRecorder

        func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) { recorder.expect(condition, sentence()) }
    }
}

extension InstrumentConformance.Checks {
    func terms(on day: TradingDay) {
        let terms = instrument.terms(on: day)
        expect(terms.pointValue > .zero, "the point value on \(day) is not positive")
        expect(terms.marginPerLot > .zero, "the margin of a lot on \(day) is not positive")
        expect(terms.initialStopMultiple > .zero && terms.trailingStopMultiple > .zero, "a stop multiple on \(day) is not positive")
        expect((0...98).contains(terms.maximumPyramids), "the number of pyramids on \(day) is not within 0 to 98")
        expect(terms.pyramidSpacing >= .zero, "the spacing of pyramids on \(day) is negative")
        expect(terms.barLength > .zero, "the bar length on \(day) is not positive")
    }

    func schedule(on day: TradingDay) {
        if case .closed(let reason) = instrument.schedule(on: day) { expect(!reason.isEmpty, "\(day) is closed without a reason") }
        let sessions = instrument.schedule(on: day).sessions
        for (index, session) in sessions.enumerated() {
            expect(session.open < session.close, "session \(index + 1) on \(day) ends before it begins")
            if index > 0 { expect(sessions[index - 1].close <= session.open, "sessions \(index) and \(index + 1) on \(day) overlap") }
            expect(instrument.isOpen(at: day.instant(at: session.open)), "the exchange is closed at the open of \(day)")
            let open = instrument.nextOpen(atOrAfter: day.instant(at: session.open))
            expect(open == day.instant(at: session.open), "the next open from an open on \(day) is not that open")
        }
        let close = instrument.close(onDayOf: day.instant(at: TimeOfDay(secondsSinceMidnight: 0)))
        expect(close == sessions.last.map { day.instant(at: $0.close) }, "the close of \(day) is not the end of its last session")
    }

    func expiries(from day: TradingDay) {
        let expiries = instrument.expiries(onOrAfter: day, count: 6)
        expect(expiries.count == 6, "of 6 expiries from \(day) there are \(expiries.count)")
        expect(zip(expiries, expiries.dropFirst()).allSatisfy { $0 < $1 }, "expiries from \(day) are not ascending")
        for expiry in expiries {
            expect(expiry >= day, "the expiry \(expiry) lies before \(day)")
            expect(!instrument.schedule(on: expiry).sessions.isEmpty, "the expiry \(expiry) is not a trading day")
        }
        expect(instrument.expiries(onOrAfter: day, count: 2) == Array(expiries.prefix(2)), "fewer expiries from \(day) are other expiries")
        expect(instrument.expiries(onOrAfter: day, count: 0).isEmpty, "no expiries were asked for and some came")
        expect(instrument.expiries(onOrAfter: day, count: -1).isEmpty, "a negative count has expiries")
        guard let first = expiries.first else { return }
        expect(instrument.expiries(onOrAfter: first, count: 1) == [first], "the expiry \(first) is not found on its own day")
        expect(
            instrument.expiries(onOrAfter: first.advanced(by: 1), count: 5) == Array(expiries.dropFirst()),
            "the expiries after \(first) are not those that follow it")
    }

    func structures(on day: TradingDay) {
        let terms = instrument.terms(on: day)
        var symbols: Set<String> = []
        for expiry in instrument.expiries(onOrAfter: day, count: 4) {
            guard let structure = try? instrument.structure(expiry: expiry, price: price, on: day) else {
                expect(false, "the expiry \(expiry) has no structure at \(price) on \(day)")
                continue
            }
            expect(structure.expiry == expiry, "the structure of \(expiry) says \(structure.expiry)")
            expect(structure.pointValue == terms.pointValue, "structure and terms of \(day) differ in the point value")
            legs(of: structure, terms: terms)
            prices(of: structure)
            for leg in structure.legs {
                expect(symbols.insert(leg.contract.symbol).inserted, "the symbol \(leg.contract.symbol) names two contracts")
            }
        }
        recognition(of: symbols, on: day)
        noStructure(expiring: day.advanced(by: -1), on: day)
        let expiries = Set(instrument.expiries(onOrAfter: day, count: 3))
        for offset in 0..<20
        where !expiries.contains(day.advanced(by: offset)) && expiries.contains(where: { $0 > day.advanced(by: offset) }) {
            noStructure(expiring: day.advanced(by: offset), on: day)
        }
    }

    /// Its contracts are known as its own at every price and for a month after they ended, and others are not.
    private func recognition(of symbols: Set<String>, on day: TradingDay) {
        for symbol in symbols.sorted() {
            expect(instrument.isContract(symbol, on: day), "\(symbol) is not known on \(day) as a contract of the instrument")
            expect(
                !instrument.isContract("X" + symbol, on: day) && !instrument.isContract(symbol + "X", on: day),
                "X\(symbol)X is taken for \(symbol)")
        }
        expect(!instrument.isContract("", on: day), "an empty symbol is taken for a contract")
        guard let expiry = instrument.expiries(onOrAfter: day, count: 1).first else { return }
        let twice = (try? price.adding(price)) ?? price
        for leg in (try? instrument.structure(expiry: expiry, price: twice, on: day))?.legs ?? [] {
            expect(
                instrument.isContract(leg.contract.symbol, on: expiry.advanced(by: 20)),
                "\(leg.contract.symbol) is forgotten when it has ended")
        }
    }

    private func noStructure(expiring expiry: TradingDay, on day: TradingDay) {
        do throws(InstrumentFault) {
            _ = try instrument.structure(expiry: expiry, price: price, on: day)
            expect(false, "a structure was made for \(expiry) on \(day), on which nothing expires or could still be traded")
        } catch {
            expect(!error.description.isEmpty, "the fault has no sentence")
        }
    }

    private func legs(of structure: Structure, terms: InstrumentTerms) {
        expect(!structure.legs.isEmpty, "a structure has no legs")
        expect(Set(structure.legs.map(\.role)).count == structure.legs.count, "two legs have one role")
        expect(structure.closingOrder == structure.legs.reversed(), "the leg that is opened last is not closed first")
        for leg in structure.legs {
            let contract = leg.contract
            expect(contract.expiry == structure.expiry, "\(contract.symbol) expires on another day than its structure")
            expect(contract.unitsPerLot == terms.unitsPerLot, "\(contract.symbol) and the terms differ in the units of a lot")
            expect(
                contract.freezeQuantity.map { $0.count >= contract.unitsPerLot.count } ?? true,
                "not even one lot of \(contract.symbol) fits an order")
            expect(!contract.symbol.isEmpty && !contract.venue.isEmpty && !contract.root.isEmpty, "a contract lacks symbol, venue or root")
            switch (leg.role, contract.kind) {
            case (.future, .future), (.call, .call), (.put, .put): break
            default: expect(false, "\(contract.symbol) is not what its role says")
            }
            expect(contract.kind.strike == structure.strike, "\(contract.symbol) has another strike than its structure")
        }
    }

    private func prices(of structure: Structure) {
        let quoted = structure.legs.enumerated().map { LegPrice(role: $1.role, price: Price(units: Int64($0 + 1) * 1_234_500)) }
        var expected = structure.strike ?? .zero
        for (leg, quote) in zip(structure.legs, quoted) {
            let next = leg.openingSide == .buy ? try? expected.adding(quote.price) : try? expected.subtracting(quote.price)
            expected = next ?? expected
        }
        expect(structure.price(of: quoted) == expected, "the price of a structure is not strike plus bought less sold legs")
        expect(structure.price(of: Array(quoted.dropFirst())) == nil, "a price was guessed although a leg has none")
        let zero = quoted.map { LegPrice(role: $0.role, price: .zero) }
        expect(structure.price(of: zero) == nil, "a price was guessed from legs without worth")
    }

    func extremes(on day: TradingDay) {
        let prices = [Int64.min, -1, 0, 1, Int64.max - 1, Int64.max].map(Price.init(units:))
        for expiry in instrument.expiries(onOrAfter: day, count: 1) {
            for price in prices {
                guard let structure = try? instrument.structure(expiry: expiry, price: price, on: day) else { continue }
                expect(structure.strike.map { $0 > .zero } ?? true, "a strike at \(price) is not positive")
            }
        }
    }

    /// Days at the edges of the calendar answer something and do not stop the process.
    func farDays() {
        for day in [TradingDay(year: 1, month: 1, day: 1), TradingDay(year: 9999, month: 12, day: 31)].compactMap(\.self) {
            _ = instrument.terms(on: day)
            _ = instrument.schedule(on: day)
            _ = instrument.knowsCalendar(of: day)
            _ = try? instrument.structure(expiry: day, price: price, on: day)
            let expiries = instrument.expiries(onOrAfter: day, count: 3)
            expect(zip(expiries, expiries.dropFirst()).allSatisfy { $0 < $1 }, "expiries from \(day) are not ascending")
        }
    }

    /// The same questions in another order have the same answers.
    func purity() {
        let days = InstrumentConformance.days
        let answers = days.map(answer)
        expect(Array(days.reversed().map(answer).reversed()) == answers, "the same question had two answers")
    }

    private func answer(on day: TradingDay) -> Answer {
        let expiries = instrument.expiries(onOrAfter: day, count: 2)
        let structures = expiries.map { try? instrument.structure(expiry: $0, price: price, on: day) }
        return Answer(terms: instrument.terms(on: day), schedule: instrument.schedule(on: day), expiries: expiries, structures: structures)
    }

    private struct Answer: Equatable {
        var terms: InstrumentTerms
        var schedule: DaySchedule
        var expiries: [TradingDay]
        var structures: [Structure?]
    }
}
