import MunimKit

/// Runs one example of an instrument entry through its plugins.
struct InstrumentTestRun: Sendable {
    let test: InstrumentTest
    let instrument: ConstructedInstrument
    /// Chooses stop and contract as the host would.
    let policy: Policy

    /// What came out otherwise than expected.
    func faults(in file: String) -> [ConfigFault] {
        do { return try sizingMessages().map { fault($0, in: file) } + structureMessages().map { fault($0, in: file) } } catch {
            return [fault("the example cannot be computed: \(error)", in: file)]
        }
    }

    private var day: TradingDay { TradingDay(of: test.signal.timestamp) }

    private func fault(_ message: String, in file: String) -> ConfigFault {
        ConfigFault(file: file, mark: test.mark, path: test.path, message: "\(test.name): \(message)")
    }

    private func sizingMessages() throws -> [String] {
        let decision = try instrument.sizing.size(request())
        var messages: [String] = []
        if decision.lots != test.expected.lots {
            let numbers = decision.constraints.map { "\($0.name) \($0.quotient)" }.joined(separator: ", ")
            messages.append(
                "expected \(test.expected.lots) lots, found \(decision.lots), limited by \(decision.limiter)"
                    + (numbers.isEmpty ? "" : " (\(numbers))"))
        }
        if let limiter = test.expected.limiter, limiter != decision.limiter {
            messages.append("expected the limiter \(limiter), found \(decision.limiter)")
        }
        return messages
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

    private func structureMessages() throws -> [String] {
        guard !test.expected.legs.isEmpty || !test.expected.symbols.isEmpty else { return [] }
        let desk = Desk(
            name: test.signal.instrument, instrument: instrument.instrument, sizing: instrument.sizing, rollover: instrument.rollover)
        guard let expiry = desk.entryExpiry(on: day, avoidingDays: policy.entryRolloverDays) else {
            return ["expected a contract, found none that would not roll at once"]
        }
        let legs = try instrument.instrument.structure(expiry: expiry, price: test.signal.price, on: day).legs
        var messages: [String] = []
        let found = legs.map { ExpectedLeg(side: $0.openingSide, role: $0.role) }
        if !test.expected.legs.isEmpty, found != test.expected.legs {
            messages.append("expected the legs \(list(test.expected.legs)), found \(list(found))")
        }
        let symbols = legs.map(\.contract.symbol)
        if !test.expected.symbols.isEmpty, symbols != test.expected.symbols {
            messages.append("expected the symbols \(list(test.expected.symbols)), found \(list(symbols))")
        }
        return messages
    }

    private func list(_ elements: [some CustomStringConvertible]) -> String {
        "[" + elements.map(\.description).joined(separator: ", ") + "]"
    }
}
