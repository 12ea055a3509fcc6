import MunimKit
import Testing

@testable import munim

@Suite("A chart's list of trades")
struct TradingViewExportTests {
    @Test("Columns are found by name, in any order and currency, and rows in either order")
    func columns() throws {
        let lines = [
            "\u{FEFF}Net PnL USD,Signal,Type,Extra,Date and time,Size (qty),Price USD,Trade #\r",
            #"-12.5,"ENTRY-3L, late",Entry long,,2024-01-08 10:00,3,"62150.5",7"# + "\r",
            #"-12.5,"He said ""out"",",Exit long,,2024-01-09 11:30:15,3,62140,7"#,
        ]
        let text = lines.joined(separator: "\n")
        let export = try TradingViewExport.read(Array(text.utf8), file: "list.csv")
        #expect(export.currency == "USD")
        let trade = try #require(export.trades.first)
        #expect(export.trades.count == 1)
        #expect(trade.number == 7 && trade.lots == 3 && !trade.isOpen)
        #expect(trade.entry.label == "ENTRY-3L, late" && trade.exit.label == "He said \"out\",")
        #expect(trade.entry.price == (try Price("62150.5")))
        #expect(trade.profit == (try Money("-12.5")))
        #expect(trade.entry.time.description == "2024-01-08T04:30:00Z")
        #expect(trade.exit.time.description == "2024-01-09T06:00:15Z")
    }

    /// A broken list and the message about it.
    struct Broken: CustomTestStringConvertible, Sendable {
        let rows: [String]
        let message: String
        var header = ExampleSignals.header
        var testDescription: String { message }
    }

    private static let entry = "1,Entry long,2024-01-08 10:00,ENTRY-3L,100,3,0"
    private static let exit = "1,Exit long,2024-01-09 10:00,EXIT,110,3,0"

    @Test(
        "A broken list is refused with file, line, what was found and what was expected",
        arguments: [
            Broken(
                rows: ["x,Entry long,2024-01-08 10:00,E,100,3,0"],
                message: "list.csv:2: Trade #: found \"x\", expected the number of a trade"),
            Broken(
                rows: [entry, "1,Exit short,2024-01-09 10:00,X,110,3,0"],
                message: "list.csv:3: Type: found \"Exit short\", expected Entry long or Exit long, as positions are long only"),
            Broken(
                rows: ["1,Entry long,2024-02-30 10:00,E,100,3,0"],
                message: "list.csv:2: Date/Time: found \"2024-02-30 10:00\", expected an existing time as YYYY-MM-DD HH:MM"),
            Broken(
                rows: ["1,Entry long,2024-01-08 10:00,E,-5,3,0"],
                message: "list.csv:2: Price: found \"-5\", expected a price above 0 with at most 4 decimals"),
            Broken(
                rows: ["1,Entry long,2024-01-08 10:00,E,0.0001,3,0"],
                message: "list.csv:2: Price: found \"0.0001\", expected the price of an entry above 0.0001, so that a stop fits below it"),
            Broken(
                rows: ["1,\u{1B}[2JEntry long,2024-01-08 10:00,E,100,3,0"],
                message: "list.csv:2: Type: found \"\\u{1b}[2JEntry long\", expected Entry long or Exit long, as positions are long only"),
            Broken(
                rows: ["1,Entry long,2024-01-08 10:00,E,NaN,3,0"],
                message: "list.csv:2: Price: found \"NaN\", expected a price above 0 with at most 4 decimals"),
            Broken(
                rows: ["1,Entry long,2024-01-08 10:00,E,100,2.5,0"],
                message: "list.csv:2: Position size (qty): found \"2.5\", expected a whole number of lots from 1 to 1000000"),
            Broken(
                rows: ["1,Entry long,2024-01-08 10:00,E,100,3,much"],
                message: "list.csv:2: Net P&L: found \"much\", expected an amount with at most 4 decimals"),
            Broken(rows: ["1,Entry long,2024-01-08 10:00,E,100,3"], message: "list.csv:2: found 6 fields, expected the 7 of the header"),
            Broken(rows: [entry], message: "list.csv:2: trade 1 has an entry row only, expected an exit row"),
            Broken(rows: [entry, entry], message: "list.csv:3: found a second entry row of trade 1, the first is in line 2"),
            Broken(
                rows: [entry, "1,Exit long,2024-01-09 10:00,X,110,2,0"],
                message: "list.csv:3: found 2 lots, expected the 3 of the entry row in line 2"),
            Broken(
                rows: [entry, "1,Exit long,2024-01-07 10:00,X,110,3,0"],
                message: "list.csv:3: found an exit before the entry in line 2, expected one at or after it"),
            Broken(
                rows: ["1,\"Entry long,2024-01-08 10:00,E,100,3,0"],
                message: "list.csv:2: found a quoted field without an end, expected a closing quote"),
            Broken(
                rows: ["1,\"Entry\" long,2024-01-08 10:00,E,100,3,0"],
                message: "list.csv:2: found text behind a closing quote, expected a comma or the end of the line"),
            Broken(
                rows: [entry, exit],
                message:
                    "list.csv:1: found the columns Trade #,Type,Date/Time,Signal,Price INR,Net P&L INR, expected a column `Position size (qty)`",
                header: "Trade #,Type,Date/Time,Signal,Price INR,Net P&L INR"),
        ])
    func broken(_ broken: Broken) {
        let faults = #expect(throws: InputFaults.self) { try ExampleSignals.export(broken.rows, header: broken.header) }
        let found = faults?.lines.first?.replacing(", ", with: ",") ?? ""
        #expect(found == broken.message.replacing(", ", with: ","))
    }

    @Test("Every fault of a file is told at once, the first twenty in full")
    func manyFaults() {
        let rows = (1...30).map { "\($0),Entry long,never,E,100,3,0" }
        let faults = #expect(throws: InputFaults.self) { try ExampleSignals.export(rows) }
        #expect(faults?.count == 30)
        #expect(faults?.lines.count == 21)
        #expect(faults?.lines.last == "and 10 more faults")
    }

    @Test(
        "A label says layer, lots and indicators",
        arguments: [
            ("ENTRY-15L", 1, Int64(15)), ("EOD-ENTRY-14L", 1, 14), ("PYR1-9L", 2, 9), ("PYR5-2L", 6, 2), ("PYR-2L", 2, 2),
            ("ENTRY-5L|POS:Long_3", 3, 5),
        ])
    func labels(_ text: String, _ layer: Int, _ lots: Int64) {
        let label = SignalLabel(text)
        #expect(label.layer == Layer(layer))
        #expect(label.lots == lots)
    }

    @Test("An indicator of a label that no price can reach is none")
    func beyondPrices() {
        let label = SignalLabel("ENTRY-5L|ATR:1000000000|ST:999999999.99995|STOP:999999999.9999")
        #expect(label.averageTrueRange == nil && label.supertrend == nil)
        #expect(label.stop == Price(units: 9_999_999_999_999))
    }

    @Test("A field is written so that it is read back, whatever follows a quote", arguments: ["a\"\u{301}b", "a\r\nb", "\"", ",", ""])
    func fields(_ text: String) throws {
        let written = "x," + DelimitedText.field(text)
        #expect(
            try DelimitedText.rows(Array(written.utf8), file: "list.csv").map { $0.fields.map { Array($0.utf8) } } == [
                [Array("x".utf8), Array(text.utf8)]
            ])
    }

    @Test("An enhanced label carries its indicators into the signal, and the run is not synthetic")
    func enhanced() throws {
        let label = "ENTRY-5L|ATR:350|ER:0.82|STOP:51650|ST:51640|POS:Long_1"
        let export = try ExampleSignals.export(
            ExampleSignals.trade(1, label, day: 8, price: 52_000, lots: 5, exit: "EXIT|STOP:51800|HI:52500|POS:Long_1", on: 9, at: 52_400))
        let model = IndicatorModel(instrument: "BANK_NIFTY", stopMultiple: Ratio(units: 1_500_000))
        var made = ExportSignals(export, instrument: "BANK_NIFTY", model: model)
        let input = made.input()
        #expect(!input.hasSyntheticIndicators)
        let entry = try #require(input.signals.first).signal
        #expect(entry.atr == Price(whole: 350) && entry.stop == Price(whole: 51_650) && entry.supertrend == Price(whole: 51_640))
        #expect(entry.efficiencyRatio == Ratio(units: 820_000))
        #expect(input.signals.last?.signal.reason == "EXIT")
    }
}
