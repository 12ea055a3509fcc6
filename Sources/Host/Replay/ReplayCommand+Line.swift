import MunimKit

extension ReplayCommand {
    /// `munim replay`; reads its own words.
    static let command = Command(
        words: ["replay"],
        summary: "Carries recorded signals through the machine on virtual time, on paper, and reports what came of them.",
        arguments: [
            CommandArgument(name: "FILE…", summary: "A chart's list of trades (CSV), or the JSON lines of munim serve --record.")
        ],
        options: [
            CommandOption(
                name: "instrument", value: "NAME", summary: "Instrument of trade lists; else the one that the file is named after."),
            CommandOption(name: "sizing", value: "RULE", summary: "\(SizingChoice.forms); else the configuration's, or as-signalled."),
            CommandOption(
                name: "point-value", value: "N", summary: "Money per point per lot on all days; else the instrument's own by date."),
            CommandOption(
                name: "charges", value: "PERCENT", summary: "Charges per side in percent of the value; else the configuration's, or 0."),
            CommandOption(name: "capital", value: "N", summary: "The account at the start; else the configuration's, or 5000000."),
            CommandOption(name: "config", value: "FILE", summary: "Instruments, sizing, rollover and limits of a configuration."),
            CommandOption(
                name: "sessions", value: "POLICY", summary: "Whether trading hours count.", choices: SessionPolicy.allCases.map(\.rawValue)),
            CommandOption(name: "report", value: "DIR", summary: "Write index.html, report.json and trades.csv there."),
            CommandOption(name: "synthetic", value: "N", summary: "Make up N signals in place of files and measure the rate."), .json,
        ],
        examples: [
            "munim replay examples/signals/gold_mini_trades.csv --charges 0.05 --report report",
            "munim replay examples/signals/recorded.jsonl --config plugins.yaml",
        ],
        isRaw: true, run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let world = input.world
        let output = Output(
            print: { text in world.output(text.hasSuffix("\n") ? String(text.dropLast()) : text) },
            complain: { text in
                // The bar of progress redraws its line; everything else is a line of its own.
                text.hasSuffix("\n") ? world.errors(String(text.dropLast())) : Console.write(text, to: Streams.errors)
            }, isTerminal: world.drawsProgress)
        return await run(arguments: input.raw, output: output)
    }
}
