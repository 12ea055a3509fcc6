import MunimKit
import Testing

@testable import munim

@Suite("The real export")
struct RealExportTests {
    @Test("It is 825 trades behind which 700 entry and 699 exit orders stand", .enabled(if: RealExport.path != nil, "\(RealExport.absence)"))
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
