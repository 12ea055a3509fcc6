import Instruments
import MunimKit
import MunimTesting
import Synchronization
import Testing

@Suite("The conformance suite of instruments finds faults")
struct InstrumentConformanceTests {
    @Test("An instrument with one fault does not pass", arguments: FaultyInstrument.Fault.allCases)
    func oneFault(fault: FaultyInstrument.Fault) throws {
        let instrument = FaultyInstrument(sound: try GoldMini.read([:]), fault: fault)
        withKnownIssue { InstrumentConformance.check(instrument, price: Price(whole: 78_500)) }
    }
}

/// Gold Mini with one thing wrong.
struct FaultyInstrument: InstrumentPlugin {
    /// What is wrong.
    enum Fault: String, CaseIterable, Sendable {
        case noPointValue, negativeMargin, noBar, overlappingSessions, closedWithoutReason, expiryOnHoliday, descendingExpiries,
            endlessExpiries
        case anyExpiry, freezeBelowLot, oneSymbol, otherPointValue, otherUnits, strikeOfItsOwn, forgetful
    }

    static let manifest = PluginManifest(kind: .instruments, name: "faulty", version: "1.0.0", summary: "Gold Mini with one thing wrong.")
    let sound: GoldMini
    let fault: Fault
    let calls = Calls()

    init(options: NoOptions, context: PluginContext) throws { throw PluginFault("made by tests only") }

    init(sound: GoldMini, fault: Fault) {
        self.sound = sound
        self.fault = fault
    }

    func terms(on day: TradingDay) -> InstrumentTerms {
        var terms = sound.terms(on: day)
        switch fault {
        case .noPointValue: terms.pointValue = .zero
        case .negativeMargin: terms.marginPerLot = Money(whole: -1)
        case .noBar: terms.barLength = .zero
        case .forgetful: terms.maximumPyramids = calls.next() % 7
        default: break
        }
        return terms
    }

    func schedule(on day: TradingDay) -> DaySchedule {
        let schedule = sound.schedule(on: day)
        switch (fault, schedule) {
        case (.overlappingSessions, .open(let sessions)): return .open(sessions + sessions)
        case (.closedWithoutReason, .closed): return .closed("")
        default: return schedule
        }
    }

    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        let expiries = sound.expiries(onOrAfter: day, count: count)
        switch fault {
        case .expiryOnHoliday: return expiries.map { $0.nextOrSame(.sunday) ?? $0 }
        case .descendingExpiries: return expiries.reversed()
        case .endlessExpiries: return expiries.isEmpty ? sound.expiries(onOrAfter: day, count: 1) : expiries
        default: return expiries
        }
    }

    func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        let nearest = fault == .anyExpiry ? sound.expiries(onOrAfter: expiry, count: 1).first ?? expiry : expiry
        var structure = try sound.structure(expiry: nearest, price: price, on: min(day, nearest))
        switch fault {
        case .freezeBelowLot: structure.legs[0].contract.freezeQuantity = .zero
        case .oneSymbol: structure.legs[0].contract.symbol = "GOLDM"
        case .otherPointValue: structure.pointValue = PointValue(whole: 100)
        case .otherUnits: structure.legs[0].contract.unitsPerLot = 100
        case .strikeOfItsOwn: structure.strike = Price(whole: 78_500)
        default: break
        }
        return structure
    }
}

/// Counts calls, so that an instrument can answer differently each time.
final class Calls: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
