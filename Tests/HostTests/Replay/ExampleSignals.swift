import MunimKit

@testable import munim

/// Files of `examples/signals`, and texts in their formats.
enum ExampleSignals {
    /// The path of an example.
    static func path(_ name: String) -> String {
        // Tests/HostTests/Replay/ExampleSignals.swift: four steps up is the package.
        "\(#filePath)".split(separator: "/").dropLast(4).map { "/\($0)" }.joined() + "/examples/signals/" + name
    }

    static let header = "Trade #,Type,Date/Time,Signal,Price INR,Position size (qty),Net P&L INR"

    /// An export of rows such as `1,Exit long,2024-01-08 10:00,EXIT,100,3,0`.
    static func export(_ rows: [String], header: String = header) throws(InputFaults) -> TradingViewExport {
        try TradingViewExport.read(Array(([header] + rows).joined(separator: "\n").utf8), file: "list.csv")
    }

    /// The two rows of a trade; times are days of January 2024 at 10:00.
    static func trade(
        _ number: Int, _ label: String, day: Int, price: Int, lots: Int, exit: String = "EXIT", on exitDay: Int, at exitPrice: Int
    ) -> [String] {
        [
            "\(number),Exit long,2024-01-\(two(exitDay)) 10:00,\(exit),\(exitPrice),\(lots),0",
            "\(number),Entry long,2024-01-\(two(day)) 10:00,\(label),\(price),\(lots),0",
        ]
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The instant of 10:00 on a day of January 2024.
    static func instant(_ day: Int) -> Instant {
        TradingDay(year: 2024, month: 1, day: day)?.instant(at: TimeOfDay(secondsSinceMidnight: 36_000)) ?? Instant(microseconds: 0)
    }

    /// A finished replay with these options.
    static func report(_ change: (inout ReplayOptions) -> Void) throws -> ReplayReport {
        var options = ReplayOptions()
        change(&options)
        let inputs = try ReplayInputs(options, host: nil)
        let stage = try ReplayStage(inputs.instruments, options: options, host: nil)
        var run = ReplayRun(stage, from: inputs.signals.first?.at ?? Instant(microseconds: 0))
        run.run(inputs.signals)
        let marks = inputs.inputs.reduce(into: [:]) { $0.merge($1.marks) { first, _ in first } }
        return ReplayReport(inputs, stage, run.result(marks: marks), options: options)
    }
}
