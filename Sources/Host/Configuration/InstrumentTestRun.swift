import MunimKit

/// Runs one example of an instrument entry through its plugins.
struct InstrumentTestRun: Sendable {
    let test: InstrumentTest
    let instrument: ConstructedInstrument
    /// Chooses stop and contract as the host would.
    let policy: Policy

    /// What came out otherwise than expected.
    func faults(in file: String) -> [ConfigFault] {
        do { return try (sizingMessages() + structureMessages()).map { fault($0.message, at: $0.expectation, in: file) } } catch {
            return [fault("the example cannot be computed: \(error)", at: nil, in: file)]
        }
    }

    /// What came out otherwise, and the name of the expectation.
    private typealias Difference = (expectation: String, message: String)

    private var day: TradingDay { TradingDay(of: test.signal.timestamp) }

    /// A fault at the expectation that was not met, or at the example as a whole.
    private func fault(_ message: String, at expectation: String?, in file: String) -> ConfigFault {
        let mark = expectation.flatMap { test.expected.marks[$0] } ?? test.mark
        let path = test.path + (expectation.map { ".expect." + $0 } ?? "")
        return ConfigFault(file: file, mark: mark, path: path, message: "\(test.name): \(message)")
    }

    private func sizingMessages() throws -> [Difference] {
        let decision = try instrument.sizing.size(request())
        var differences: [Difference] = []
        if decision.lots != test.expected.lots {
            let numbers = decision.constraints.map { "\($0.name) \($0.quotient)" }.joined(separator: ", ")
            let found = "found \(decision.lots), limited by \(decision.limiter)" + (numbers.isEmpty ? "" : " (\(numbers))")
            differences.append(("lots", "expected \(test.expected.lots) lots, \(found)"))
        }
        if let limiter = test.expected.limiter, limiter != decision.limiter {
            differences.append(("limiter", "expected the limiter \(limiter), found \(decision.limiter)"))
        }
        return differences
    }

    private func request() throws -> SizingRequest {
        let terms = instrument.instrument.terms(on: day)
        let signal = test.signal
        var stop = signal.stop
        if policy.sizingStop == .wider {
            let own = try signal.price.subtracting(signal.atr.times(terms.initialStopMultiple))
            stop = min(stop, own)
        }
        return SizingRequest(
            price: signal.price, stop: stop, averageTrueRange: signal.atr, efficiencyRatio: signal.efficiencyRatio,
            suggestedLots: signal.lots,
            equity: test.account.equity, availableMargin: test.account.availableMargin, marginPerLot: terms.marginPerLot,
            pointValue: terms.pointValue, pyramid: test.base)
    }

    private func structureMessages() throws -> [Difference] {
        guard !test.expected.legs.isEmpty || !test.expected.symbols.isEmpty else { return [] }
        let traded = TradedInstrument(
            name: test.signal.instrument, instrument: instrument.instrument, sizing: instrument.sizing, rollover: instrument.rollover)
        guard let expiry = traded.entryExpiry(on: day, avoidingDays: policy.entryRolloverDays) else {
            return [(test.expected.legs.isEmpty ? "symbols" : "legs", "expected a contract, found none that would not roll at once")]
        }
        let legs = try instrument.instrument.structure(expiry: expiry, price: test.signal.price, on: day).legs
        var differences: [Difference] = []
        let found = legs.map { ExpectedLeg(side: $0.openingSide, role: $0.role) }
        if !test.expected.legs.isEmpty, found != test.expected.legs {
            differences.append(("legs", "expected the legs \(list(test.expected.legs)), found \(list(found))"))
        }
        let symbols = legs.map(\.contract.symbol)
        if !test.expected.symbols.isEmpty, symbols != test.expected.symbols {
            differences.append(("symbols", "expected the symbols \(list(test.expected.symbols)), found \(list(symbols))"))
        }
        return differences
    }

    private func list(_ elements: [some CustomStringConvertible]) -> String {
        "[" + elements.map(\.description).joined(separator: ", ") + "]"
    }
}
