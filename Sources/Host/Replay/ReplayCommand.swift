import MunimKit

/// `munim replay`: reads files, runs them, writes the report.
enum ReplayCommand {
    /// Where a command writes.
    struct Output: Sendable {
        /// Takes results.
        var print: @Sendable (String) -> Void
        /// Takes faults and the progress bar.
        var complain: @Sendable (String) -> Void
        /// Whether a person watches, so that progress is drawn.
        var isTerminal: Bool
    }

    /// Runs the command; answers 0, 1 when the run or the report failed, 2 for bad arguments or files.
    static func run(arguments: [String], output: Output) async -> Int32 {
        do throws(ReplayFault) {
            let arguments = try ReplayArguments(arguments)
            guard !arguments.showsHelp else {
                output.print(ReplayArguments.help)
                return 0
            }
            return try replay(arguments, output)
        } catch {
            for line in error.lines { output.complain("munim replay: \(line)\n") }
            return 2
        }
    }

    private static func replay(_ arguments: ReplayArguments, _ output: Output) throws(ReplayFault) -> Int32 {
        let options = arguments.options
        let host = try configuration(options.configuration)
        let inputs = try inputs(options, host)
        let stage = try ReplayStage(inputs.instruments, options: options, host: host)
        var run = ReplayRun(stage, from: inputs.signals.first?.at ?? Instant(microseconds: 0))
        var progress = SignalProgress(
            total: inputs.signals.count, clock: SystemClock(), draw: output.isTerminal ? { output.complain($0) } : nil)
        run.run(inputs.signals) { progress.show($0) }
        let elapsed = progress.elapsed
        progress.end()
        let marks = inputs.inputs.reduce(into: [:]) { marks, input in marks.merge(input.marks) { $0.at > $1.at ? $0 : $1 } }
        let report = ReplayReport(inputs, stage, run.result(marks: marks), options: options)
        output.print(
            arguments.printsJSON
                ? report.headlineJSON.encoded + "\n" : ReplaySummary(report: report, signals: inputs.signals.count, elapsed: elapsed).text)
        guard let folder = arguments.report else { return 0 }
        return write(report, to: folder, arguments, output)
    }

    private static func inputs(_ options: ReplayOptions, _ host: HostConfiguration?) throws(ReplayFault) -> ReplayInputs {
        guard let count = options.synthetic else { return try ReplayInputs(options, host: host) }
        return ReplayInputs([SyntheticSignals.input(count)])
    }

    private static func configuration(_ file: String?) throws(ReplayFault) -> HostConfiguration? {
        guard let file else { return nil }
        let registry: PluginRegistry
        do throws(PluginFault) { registry = try Builtins.registry() } catch { throw ReplayFault(error.description) }
        let reading = ConfigurationReading(
            file: file, registry: registry, environment: .process, loading: DynamicPlugin.loading(beside: file))
        guard let configuration = reading.configuration else { throw ReplayFault(lines: reading.faults.map(\.description)) }
        return configuration
    }

    private static func write(_ report: ReplayReport, to folder: String, _ arguments: ReplayArguments, _ output: Output) -> Int32 {
        do throws(PluginFault) {
            try ReportFolder.write(report, to: folder)
            if !arguments.printsJSON { output.print("report: \(folder)/index.html, report.json, trades.csv\n") }
            return 0
        } catch {
            output.complain("munim replay: \(error)\n")
            return 1
        }
    }
}
