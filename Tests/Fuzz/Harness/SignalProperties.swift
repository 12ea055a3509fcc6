import FoundationEssentials
import MunimKit

@testable import munim

/// However a signal is spelled, it has one meaning, one payload and one fingerprint; signals that differ in who they are have two.
enum SignalProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws {
        var draw = Draw(bytes)
        let one = signal(&draw)
        let other = draw.flag() ? sibling(of: one, &draw) : signal(&draw)
        try check(one, &draw)
        let isSame = (one.kind, one.instrument, one.timestamp.seconds) == (other.kind, other.instrument, other.timestamp.seconds)
        try expect(
            (one.canonicalText == other.canonicalText) == (isSame && one.target == other.target),
            "\(one.canonicalText) and \(other.canonicalText)")
    }

    private static func check(_ signal: Signal, _ draw: inout Draw) throws {
        try SignalPromises.check(signal)
        let plain = try parsed(SignalSpelling.plain(signal))
        let spelled = SignalSpelling.varied(signal, &draw)
        let varied = try parsed(spelled)
        for read in [plain, varied] {
            try expect(SignalPromises.meaning(of: read.signal) == signal, "\(signal) is read as \(read.signal) from \(spelled)")
            try expect(read.signal.canonicalText == signal.canonicalText, "another fingerprint: \(spelled)")
        }
        try expect(plain.payload == varied.payload, "another payload: \(plain.payload) \(varied.payload) from \(spelled)")
        let stored = try JSONDecoder().decode(Signal.self, from: try JSONEncoder().encode(varied.signal))
        try expect(stored == varied.signal, "what is stored is another signal: \(stored) of \(spelled)")
    }

    private static func parsed(_ body: String) throws -> ParsedWebhook {
        switch WebhookParse.parse(Array(body.utf8)) {
        case .success(let parsed): return parsed
        case .failure(let faults): throw BrokenProperty(description: "\(body) is refused: \(faults.faults)")
        }
    }

    /// Another signal of the same instrument and time, or one that differs in the smallest step.
    private static func sibling(of one: Signal, _ draw: inout Draw) -> Signal {
        var other = one
        switch draw.number(below: 4) {
        case 0: other.timestamp = Instant(microseconds: one.timestamp.microseconds + draw.number(below: 2_000_000))
        case 1: other.target = target(of: one.kind, &draw)
        case 2: other.price = price(from: 1, &draw)
        default: other.instrument = InstrumentName(one.instrument.text + "_")
        }
        return other
    }

    private static func signal(_ draw: inout Draw) -> Signal {
        let kind = draw.one(of: SignalKind.allCases)
        let isTrade = kind != .marketData
        let price = price(from: 2, &draw)
        let least: Int64 = kind == .exit ? 0 : 1
        let reasons = ["Stop", "Trailing \"stop\"", "Ausstieg über Tief \\ 🙂", "e\u{301}", "\u{e9}", "/", "स्टॉप"]
        return Signal(
            kind: kind, instrument: draw.one(of: ["GOLD_MINI", "BANK_NIFTY", "A", "Z_9", "0123456789ABCDEFGHIJKLMNOPQRSTUV"]),
            target: target(of: kind, &draw), price: price,
            stop: kind.isEntry ? Price(units: 1 + draw.number(below: UInt64(price.units - 1))) : .zero,
            lots: isTrade ? Lots(least + draw.number(below: 10_000)) : .zero, atr: self.price(from: least, &draw),
            efficiencyRatio: isTrade ? Ratio(units: draw.number(below: 1_000_001)) : .zero, supertrend: self.price(from: least, &draw),
            rateOfChange: isTrade && draw.flag() ? Ratio(units: draw.number(below: 2_000_000_000_000_000) - 999_999_999_999_999) : nil,
            timestamp: Instant(microseconds: 946_684_800_000_000 + draw.number(below: 3_155_760_000_000_000)),
            reason: kind == .exit ? draw.one(of: reasons) : nil, entryPrice: kind == .exit && draw.flag() ? self.price(from: 0, &draw) : nil
        )
    }

    private static func target(of kind: SignalKind, _ draw: inout Draw) -> SignalTarget {
        switch kind {
        case .baseEntry: .layer(.base)
        case .pyramid: .layer(Layer(2 + Int(draw.number(below: 98))) ?? .base)
        case .exit: draw.flag() ? .all : .layer(Layer(1 + Int(draw.number(below: 99))) ?? .base)
        case .marketData: .none
        }
    }

    private static func price(from least: Int64, _ draw: inout Draw) -> Price {
        let limit = draw.one(of: [1_000, 1_000_000_000, 10_000_000_000_000 as UInt64])
        return Price(units: least + draw.number(below: limit - UInt64(least)))
    }
}
