import MunimKit

/// The files of a run, read and put in order.
struct ReplayInputs: Sendable {
    let inputs: [ReplayInput]
    /// All signals in order of time.
    let signals: [ReplaySignal]
    /// Every instrument that a signal names, sorted.
    let instruments: [InstrumentName]

    init(_ inputs: [ReplayInput]) {
        self.inputs = inputs
        signals = ReplaySignal.merged(inputs.map(\.signals))
        instruments = Set(signals.map(\.signal.instrument)).sorted()
    }

    /// Reads every file, or throws all their mistakes.
    init(_ options: ReplayOptions, host: HostConfiguration?) throws(ReplayFault) {
        var inputs: [ReplayInput] = []
        var lines: [String] = []
        for file in options.files {
            do throws(InputFaults) { inputs.append(try Self.input(file, options, host)) } catch { lines += error.lines }
        }
        guard lines.isEmpty else { throw ReplayFault(lines: lines) }
        self.init(inputs)
        guard !signals.isEmpty else { throw ReplayFault("the files hold no signal") }
    }

    private static func input(_ file: String, _ options: ReplayOptions, _ host: HostConfiguration?) throws(InputFaults) -> ReplayInput {
        let bytes = try InputFile.bytes(at: file)
        guard TradingViewExport.recognizes(bytes) else {
            guard bytes.first(where: { ![32, 9, 10, 13].contains($0) }) == UInt8(ascii: "{") else {
                throw InputFaults(
                    InputFault(
                        file: file, line: 1,
                        message: "expected the header of a list of trades, or a JSON object with at and body on each line"))
            }
            return try RecordedSignals.read(bytes, file: file)
        }
        let export = try TradingViewExport.read(bytes, file: file)
        let known = host?.instruments.map(\.name) ?? ReplayStage.presetNames
        let instrument = options.instrument ?? Self.instrument(ofFile: file, known: known)
        // Where no traded instrument can be made, the run says why; until then a usual multiple does.
        let traded = try? ReplayStage.traded(instrument, options, host)
        let multiple = export.trades.first.flatMap { traded?.instrument.terms(on: TradingDay(of: $0.entry.time)).initialStopMultiple }
        let model = IndicatorModel(instrument: instrument, stopMultiple: multiple ?? Ratio(units: 1_500_000))
        var signals = ExportSignals(export, instrument: instrument, model: model)
        return signals.input()
    }

    /// The instrument that a file is named after: a known one whose name the file's name begins with, the only known one, or the name itself.
    static func instrument(ofFile file: String, known: [InstrumentName]) -> InstrumentName {
        let last = file.split(separator: "/").last ?? ""
        let stem = last.lastIndex(of: ".").map { last[..<$0] } ?? last
        let letters = stem.uppercased().utf8.map { 65...90 ~= $0 || 48...57 ~= $0 ? $0 : UInt8(ascii: "_") }
        let name = String(decoding: letters, as: UTF8.self)
        let plain = name.filter { $0 != "_" }
        let fitting = known.filter { plain.hasPrefix($0.text.filter { $0 != "_" }) }
        if let longest = fitting.max(by: { $0.text.utf8.count < $1.text.utf8.count }) { return longest }
        if known.count == 1, let only = known.first { return only }
        return InstrumentName(name.isEmpty ? "REPLAY" : String(name.prefix(32)))
    }
}
