import FoundationEssentials
import MunimKit
import Testing

@Suite("Signals")
struct SignalTests {
    private func signal(_ time: String, kind: SignalKind = .baseEntry, target: SignalTarget = .layer(.base)) throws -> Signal {
        Signal(
            kind: kind, instrument: "BANK_NIFTY", target: target, price: Price(whole: 52_000),
            timestamp: try #require(Instant(time, defaultOffset: .exchange)), timestampText: time)
    }

    @Test(
        "One instant in three spellings has one canonical text",
        arguments: [
            "2025-11-28T10:30:00", "2025-11-28T10:30:00+05:30", "2025-11-28T05:00:00Z", "2025-11-28T10:30:00.900",
        ])
    func canonicalText(time: String) throws {
        #expect(try signal(time).canonicalText == "v1|BANK_NIFTY|BASE_ENTRY|Long_1|2025-11-28T05:00:00Z")
    }

    @Test("Kind, layer and second each make another canonical text; price does not")
    func distinct() throws {
        let time = "2025-11-28T10:30:00"
        let third = SignalTarget.layer(try #require(Layer(3)))
        let texts = [
            try signal(time).canonicalText, try signal(time, kind: .exit).canonicalText,
            try signal(time, kind: .exit, target: .all).canonicalText,
            try signal(time, kind: .exit, target: third).canonicalText, try signal("2025-11-28T10:30:01").canonicalText,
            try signal(time, kind: .marketData, target: .none).canonicalText,
        ]
        #expect(Set(texts).count == texts.count)
        var dearer = try signal(time)
        dearer.price = Price(whole: 52_001)
        #expect(dearer.canonicalText == texts[0])
    }

    @Test("A signal survives its JSON with the sender's own spelling of the time")
    func json() throws {
        let signal = try signal("2025-11-28T10:30:00", kind: .exit, target: .all)
        let copy = try JSONDecoder().decode(Signal.self, from: JSONEncoder().encode(signal))
        #expect(copy == signal)
        #expect(copy.timestampText == "2025-11-28T10:30:00")
    }

    @Test(
        "Only Long_1 to Long_99 are layers",
        arguments: [
            ("Long_1", 1), ("Long_6", 6), ("Long_99", 99), ("Long_0", nil), ("Long_100", nil), ("Long_01", nil), ("Long_+1", nil),
            ("long_1", nil),
            ("Long_", nil), ("Short_1", nil), ("Long_1 ", nil), ("ALL", nil),
        ] as [(String, Int?)])
    func layers(text: String, number: Int?) {
        #expect(Layer(text: text)?.number == number)
        if let layer = Layer(text: text) { #expect(layer.description == text) }
    }

    @Test(
        "Entries raise risk, exits and market data do not",
        arguments: [
            (SignalKind.baseEntry, true), (.pyramid, true), (.exit, false), (.marketData, false),
        ])
    func entries(kind: SignalKind, isEntry: Bool) { #expect(kind.isEntry == isEntry) }
}
