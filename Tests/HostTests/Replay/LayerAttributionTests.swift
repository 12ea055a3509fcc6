import MunimKit
import Testing

@testable import munim

@Suite("The orders behind a list of trades")
struct LayerAttributionTests {
    private static func closings(_ rows: [String]) throws -> (orders: ExportOrders, attribution: LayerAttribution) {
        let orders = ExportOrders(try ExampleSignals.export(rows).trades)
        return (orders, LayerAttribution(orders))
    }

    private static func text(_ rows: [String]) throws -> [String] {
        let (orders, attribution) = try closings(rows)
        return attribution.closings.map { "\(orders.entries[$0.entry].layer) \(orders.entries[$0.entry].lots) at \($0.price)" }
    }

    @Test("Rows of one entry are one order, and a layer that was closed first is found behind the lots of another")
    func split() throws {
        let rows =
            ExampleSignals.trade(1, "ENTRY-6L", day: 8, price: 100, lots: 3, on: 12, at: 120)
            + ExampleSignals.trade(2, "ENTRY-6L", day: 8, price: 100, lots: 3, on: 15, at: 130)
            + ExampleSignals.trade(3, "PYR1-3L", day: 10, price: 110, lots: 3, on: 15, at: 130)
        #expect(try Self.text(rows) == ["Long_2 3 at 120", "Long_1 6 at 130"])
    }

    @Test("Layers closed at one moment are told apart by how the rows are split")
    func rowsDecide() throws {
        // 5 lots may be layer 3 alone, or layers 2 and 4 together; only the latter splits the base's row at 2 lots.
        let start = ExampleSignals.trade(1, "ENTRY-9L", day: 2, price: 100, lots: 2, on: 12, at: 120)
        let rows =
            start + ExampleSignals.trade(2, "ENTRY-9L", day: 2, price: 100, lots: 3, on: 12, at: 120)
            + ExampleSignals.trade(3, "ENTRY-9L", day: 2, price: 100, lots: 4, on: 20, at: 90)
            + ExampleSignals.trade(4, "PYR1-2L", day: 3, price: 101, lots: 2, on: 20, at: 90)
            + ExampleSignals.trade(5, "PYR2-5L", day: 4, price: 102, lots: 5, on: 20, at: 90)
            + ExampleSignals.trade(6, "PYR3-3L", day: 5, price: 103, lots: 3, on: 20, at: 90)
        #expect(try Self.text(rows) == ["Long_2 2 at 120", "Long_4 3 at 120", "Long_1 9 at 90", "Long_3 5 at 90"])
    }

    @Test("A choice that leaves a later exit unexplained is taken back")
    func backtracking() throws {
        // The first 4 lots could be layer 3, but then nothing is left that explains the exit of layer 3 by name.
        let rows =
            ExampleSignals.trade(1, "ENTRY-8L", day: 2, price: 100, lots: 4, on: 12, at: 120)
            + ExampleSignals.trade(2, "ENTRY-8L", day: 2, price: 100, lots: 4, exit: "EXIT|POS:Long_3", on: 13, at: 125)
            + ExampleSignals.trade(3, "PYR1-4L", day: 3, price: 101, lots: 4, on: 20, at: 90)
            + ExampleSignals.trade(4, "PYR2-4L", day: 4, price: 102, lots: 4, on: 20, at: 90)
        #expect(try Self.text(rows) == ["Long_2 4 at 120", "Long_3 4 at 125", "Long_1 8 at 90"])
    }

    @Test("Where no choice of layers explains an exit, each layer closes with the last exit of its rows, and a note says so")
    func fallback() throws {
        let rows =
            ExampleSignals.trade(1, "ENTRY-6L", day: 8, price: 100, lots: 1, on: 12, at: 120)
            + ExampleSignals.trade(2, "ENTRY-6L", day: 8, price: 100, lots: 5, on: 15, at: 130)
            + ExampleSignals.trade(3, "ENTRY-2L", day: 20, price: 100, lots: 2, on: 21, at: 99)
        let (_, attribution) = try Self.closings(rows)
        #expect(try Self.text(rows) == ["Long_1 6 at 130", "Long_1 2 at 99"])
        #expect(attribution.notes.count == 1)
        #expect(attribution.notes.first?.contains("2024-01-08") ?? false)
    }

    @Test("Lots that were open when the list was exported are not closed, and their price is kept")
    func open() throws {
        let rows =
            ExampleSignals.trade(1, "ENTRY-6L", day: 8, price: 100, lots: 4, on: 12, at: 120)
            + ExampleSignals.trade(2, "ENTRY-6L", day: 8, price: 100, lots: 2, exit: "Open", on: 15, at: 130)
            + ExampleSignals.trade(3, "PYR1-4L", day: 10, price: 110, lots: 4, exit: "Open", on: 15, at: 130)
        #expect(try Self.text(rows) == ["Long_2 4 at 120"])
        let model = IndicatorModel(instrument: "GOLD_MINI", stopMultiple: Ratio(whole: 1))
        var made = ExportSignals(try ExampleSignals.export(rows), instrument: "GOLD_MINI", model: model)
        let input = made.input()
        #expect(input.signals.map(\.signal.kind) == [.baseEntry, .pyramid, .exit])
        #expect(input.marks == ["GOLD_MINI": EndMark(at: ExampleSignals.instant(15), price: Price(whole: 130))])
    }

    @Test("A layer that is entered and closed on one bar is closed after it was entered")
    func sameBar() throws {
        let rows =
            ExampleSignals.trade(1, "ENTRY-6L", day: 8, price: 100, lots: 6, on: 10, at: 120)
            + ExampleSignals.trade(2, "ENTRY-3L", day: 10, price: 118, lots: 3, exit: "STOP", on: 10, at: 117)
        let model = IndicatorModel(instrument: "GOLD_MINI", stopMultiple: Ratio(whole: 1))
        var made = ExportSignals(try ExampleSignals.export(rows), instrument: "GOLD_MINI", model: model)
        let signals = ReplaySignal.merged([made.input().signals])
        #expect(signals.map(\.signal.price) == [100, 120, 118, 117].map { Price(whole: $0) })
        #expect(zip(signals, signals.dropFirst()).allSatisfy { $0.signal.timestamp < $1.signal.timestamp })
    }
}

@Suite("The order of a replay")
struct ReplayOrderTests {
    private static func signal(_ kind: SignalKind, _ layer: Int?, second: Int64 = 0, price: Int) -> ReplaySignal {
        let target: SignalTarget = layer.flatMap { Layer($0) }.map { .layer($0) } ?? .all
        let at = Instant(seconds: 1_700_000_000 + second)
        return ReplaySignal(
            at: at, signal: Signal(kind: kind, instrument: "GOLD_MINI", target: target, price: Price(whole: price), timestamp: at),
            digest: "",
            line: price)
    }

    @Test("Earlier before later; at one moment exits, bases, pyramids, lower layers first, then the order of files")
    func order() {
        let first = [Self.signal(.pyramid, 3, price: 6), Self.signal(.pyramid, 2, price: 5), Self.signal(.exit, 2, price: 3)]
        let second = [
            Self.signal(.baseEntry, 1, price: 4), Self.signal(.exit, 1, price: 2), Self.signal(.exit, nil, price: 1),
            Self.signal(.exit, 1, second: -1, price: 0), Self.signal(.pyramid, 3, price: 7),
        ]
        #expect(ReplaySignal.merged([first, second]).map(\.line) == [0, 1, 2, 3, 4, 5, 6, 7])
    }
}
