import MunimKit

/// An example of an instrument entry: a signal, an account, and what must come out.
struct InstrumentTest: Sendable {
    /// What the example shows.
    let name: String
    /// The signal; complete and consistent.
    let signal: Signal
    /// The money to size with.
    let account: Account
    /// The stack under a pyramid; given exactly when the signal is one.
    let base: PyramidContext?
    /// What must come out.
    let expected: Expected
    /// The option path, such as `instruments.ALPHA.tests[1]`.
    let path: String
    /// Where the example stands.
    let mark: Mark

    /// The money of an example.
    struct Account: Sendable {
        /// Sizing equity.
        let equity: Money
        /// Margin that may still be used.
        let availableMargin: Money
    }

    /// The outcome of an example; what is left out is not checked.
    struct Expected: Sendable {
        /// The size.
        let lots: Lots
        /// What limits it.
        let limiter: String?
        /// The legs in the order in which they are opened.
        let legs: [ExpectedLeg]
        /// The symbols of the legs, in the same order.
        let symbols: [String]
        /// Where each of these is written, by its name.
        let marks: [String: Mark]
    }

    init(of instrument: String, from row: inout OptionReader) {
        path = row.path
        mark = row.mark
        name = row.value("name", .text, default: "an example", summary: "What the example shows.")
        let signal = row.section("signal", summary: "The signal.") { TestSignal.read(of: instrument, from: &$0) }
        self.signal = signal
        account = row.section("account", summary: "The account.") { section in
            Account(
                equity: section.value("equity", .money.above(.zero), unit: "INR", summary: "Sizing equity."),
                availableMargin: section.value(
                    "available_margin", .money.atLeast(.zero), unit: "INR", summary: "Margin that may still be used."))
        }
        base = row.optionalSection("base", summary: "The stack under a pyramid.") { PyramidContext(from: &$0) }
        if !row.isDescribing, !row.isFaulty("signal.type") {
            if signal.kind == .pyramid, base == nil { row.fail("missing option base: expected the stack under the pyramid") }
            if signal.kind != .pyramid, base != nil { row.fail("base", "expected no stack, because the signal is no PYRAMID") }
        }
        expected = row.section("expect", summary: "What must come out.") { Expected(from: &$0) }
    }
}

extension InstrumentTest.Expected {
    fileprivate init(from section: inout OptionReader) {
        lots = section.value("lots", .lots, summary: "The size.")
        limiter = section.optional("limiter", .text, summary: "What limits the size.")
        legs = section.list("legs", of: .expectedLeg, default: [], count: 0...4, summary: "The legs in the order in which they are opened.")
        symbols = section.list("symbols", of: .text, default: [], count: 0...4, summary: "The symbols of the legs, in the same order.")
        let given = section
        marks = Dictionary(uniqueKeysWithValues: ["lots", "limiter", "legs", "symbols"].map { ($0, given.mark(of: $0)) })
        if !legs.isEmpty, !symbols.isEmpty, legs.count != symbols.count {
            section.fail("symbols", "expected one symbol for each of the \(legs.count) legs, found \(symbols.count)")
        }
    }
}

extension PyramidContext {
    fileprivate init(from section: inout OptionReader) {
        self.init(
            taken: section.value("taken", .integer.within(0...98), default: 0, summary: "Pyramids taken before this one."),
            baseLots: section.value("lots", .lots.atLeast(Lots(1)), summary: "Lots of the base."),
            baseEntry: section.value("entry", .price.above(.zero), unit: "INR", summary: "Entry price of the base."),
            baseRisk: section.value("risk", .price.above(.zero), unit: "INR", summary: "Entry less initial stop of the base, in points."))
    }
}

/// A leg as an example writes it: `buy call`.
struct ExpectedLeg: Hashable, Sendable, CustomStringConvertible {
    /// The side that opens it.
    let side: Side
    /// What it is.
    let role: LegRole

    /// The leg of `buy call`, or nil.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let side = Side(rawValue: words[0].uppercased()), let role = LegRole(rawValue: words[1].lowercased()) else {
            return nil
        }
        self.init(side: side, role: role)
    }

    /// A leg.
    init(side: Side, role: LegRole) {
        self.side = side
        self.role = role
    }

    /// As written.
    var description: String { "\(side.rawValue.lowercased()) \(role.rawValue)" }
}

extension OptionKind where Value == ExpectedLeg {
    /// A side and a role.
    static var expectedLeg: OptionKind {
        OptionKind(
            "leg", noun: "a leg", form: "such as buy future, buy call or sell put", placeholder: ExpectedLeg(side: .buy, role: .future),
            text: \.description
        ) { text throws(OptionMismatch) in
            guard let leg = ExpectedLeg(text) else { throw .malformed }
            return leg
        }
    }
}
