import MunimKit
import Testing

@testable import munim

@Suite("The real export")
struct RealExportTests {
    @Test(
        "It is 825 trades behind which 700 entry and 699 exit orders stand", .enabled(if: RealExport.path != nil, "\(RealExport.absence)"))
    func counts() throws {
        let export = try RealExport.read()
        #expect(export.trades.count == 825)
        #expect(export.currency == "INR")
        let model = IndicatorModel(instrument: "BANK_NIFTY", stopMultiple: Ratio(units: 1_500_000))
        var made = ExportSignals(export, instrument: "BANK_NIFTY", model: model)
        let input = made.input()
        let kinds = Dictionary(grouping: input.signals, by: \.signal.kind).mapValues(\.count)
        #expect(kinds == [.baseEntry: 327, .pyramid: 373, .exit: 699])
        #expect(input.notes == [])
        #expect(input.hasSyntheticIndicators)
        #expect(input.marks["BANK_NIFTY"]?.price == (try Price("58538.2")))
    }
}

@Suite("A replay of the real export")
struct RealReplayTests {
    private static func result() throws -> (TradingViewExport, ReplayRun.Result) {
        var options = ReplayOptions()
        options.files = [RealExport.path ?? ""]
        options.sizing = .asSignalled
        options.pointValue = PointValue(whole: 35)
        options.charges = Ratio(units: 500)
        let inputs = try ReplayInputs(options, host: nil)
        var run = ReplayRun(try ReplayStage(inputs.instruments, options: options, host: nil), from: inputs.signals[0].at)
        run.run(inputs.signals)
        return (try RealExport.read(), run.result(marks: inputs.inputs[0].marks))
    }

    @Test(
        "Every closed trade earns what the export says, and the sum is exact", .enabled(if: RealExport.path != nil, "\(RealExport.absence)")
    )
    func trades() throws {
        let (export, result) = try Self.result()
        #expect(result.verdicts == ["executed": 1_399])
        #expect(result.executed == [.baseEntry: 327, .pyramid: 373, .exit: 699])
        #expect(result.trades.count == 825)
        for (expected, found) in zip(Self.ordered(export.trades), Self.ordered(result.trades)) {
            #expect(expected.lots == found.lots)
            #expect(expected.entry.time == found.entryAt && expected.entry.price == found.entryPrice, "trade \(expected.number)")
            #expect(expected.exit.time == found.exitAt && expected.exit.price == found.exitPrice, "trade \(expected.number)")
            #expect(expected.exit.label == found.reason)
            let listed = ExactAmount(expected.profit)
            let difference = (found.net - listed).units.magnitude
            let tolerance = ExactAmount(Money(units: 100)).units.magnitude + listed.units.magnitude / 100_000
            #expect(difference <= tolerance, "trade \(expected.number): \(found.net) against \(expected.profit)")
        }
        let sum = result.trades.reduce(ExactAmount.zero) { $0 + $1.net }
        #expect(sum.description == "150139510.943625")
    }

    private static func ordered(_ trades: [ExportTrade]) -> [ExportTrade] {
        trades.sorted {
            ($0.entry.time, SignalLabel($0.entry.label).layer, $0.exit.time, $0.lots) < (
                $1.entry.time, SignalLabel($1.entry.label).layer, $1.exit.time, $1.lots
            )
        }
    }

    private static func ordered(_ trades: [ReplayTrade]) -> [ReplayTrade] {
        trades.sorted { ($0.entryAt, $0.layer, $0.exitAt, $0.lots) < ($1.entryAt, $1.layer, $1.exitAt, $1.lots) }
    }
}
