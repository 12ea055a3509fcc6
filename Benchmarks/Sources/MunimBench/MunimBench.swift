import Foundation

/// `munim-bench [--seconds N] [--binary PATH] [--only PART]`: prints each figure beside its floor and their ratio.
@main
struct MunimBench {
    let seconds: Double
    let binary: URL
    let only: Part?

    private static let usage = """
        munim-bench [--seconds N] [--binary PATH] [--only PART]

        --seconds N    how long each part sends webhooks; 60 when left out
        --binary PATH  the program that is measured; .build/release/munim when left out
        --only PART    \(Part.allCases.map(\.rawValue).joined(separator: ", "))
        """

    /// What is measured, in this order.
    enum Part: String, CaseIterable {
        case decide, acknowledge, refuse, sustain, endure, replay, simulate
    }

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        func take(_ name: String) -> String? {
            guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
            defer { arguments.removeSubrange(index...index + 1) }
            return arguments[index + 1]
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../")
        let seconds = take("--seconds") ?? "60"
        let binary = take("--binary") ?? root.appendingPathComponent(".build/release/munim").standardized.path
        let only = take("--only")
        guard arguments.isEmpty, let time = Double(seconds), time > 0, only == nil || Part(rawValue: only ?? "") != nil else {
            print(usage)
            exit(arguments == ["--help"] ? 0 : 2)
        }
        try MunimBench(seconds: time, binary: URL(fileURLWithPath: binary), only: only.flatMap(Part.init)).run()
    }

    private func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("munim-floor-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let syncs = Floors.syncRate(folder: folder)
        let inserts = Floors.insertRate(folder: folder)
        Table.head()
        Table.row("floor: durable 4 KiB writes", "\(Int(syncs))/s", "", "")
        Table.row("floor: bare SQLite, one insert per commit", "\(Int(inserts))/s", "", "")
        for part in Part.allCases where only == nil || only == part {
            switch part {
            case .decide: try decide()
            case .acknowledge: try acknowledge(inserts)
            case .refuse: try RefusalBench(binary: binary, seconds: seconds).run()
            case .sustain: try sustain(inserts)
            case .endure: try endure()
            case .replay: try replay()
            case .simulate: try simulate()
            }
        }
    }

    private func decide() throws {
        let micros = try DecisionBench().microsecondsPerEntry(count: 100_000)
        Table.row("core: decide one entry", String(format: "%.2f µs", micros), "goal < 20 µs", String(format: "%.2f", micros / 20))
    }

    private func acknowledge(_ inserts: Double) throws {
        try load("webhook to durable acknowledgement", inserts, replyWithin: "1us")
        try load("webhook to verdict", inserts, replyWithin: "2s")
    }

    private func load(_ name: String, _ inserts: Double, replyWithin: String) throws {
        let instruments = (0..<64).map { "I\($0)" }
        let host = try HostProcess(binary: binary, instruments: instruments, replyWithin: replyWithin)
        defer { host.remove() }
        let ready = try host.start()
        Table.row("start to ready, empty store", String(format: "%.0f ms", ready * 1_000), "goal < 300 ms", "")
        let load = LoadGenerator(port: host.port, connections: 8, instruments: instruments, layers: 4, rate: 200)
        let result = try load.run(seconds: seconds)
        host.stop()
        Table.row("\(name): sent", String(format: "%.0f/s", Double(result.latencies.count) / result.seconds), "", "")
        let floor = 1_000 / inserts
        for (label, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            let value = result.percentile(share)
            Table.row(
                "\(name): \(label)", String(format: "%.2f ms", value), String(format: "one commit %.2f ms", floor),
                String(format: "%.1f×", value / floor))
        }
        Table.statuses(result.statuses)
    }

    private func sustain(_ inserts: Double) throws {
        let instruments = (0..<512).map { "I\($0)" }
        let host = try HostProcess(binary: binary, instruments: instruments)
        defer { host.remove() }
        _ = try host.start()
        let load = LoadGenerator(port: host.port, connections: 256, instruments: instruments, layers: 4)
        let result = try load.run(seconds: seconds)
        let rate = Double(result.latencies.count) / result.seconds
        Table.row(
            "sustained to verdict", String(format: "%.0f/s", rate), "bare inserts \(Int(inserts))/s", String(format: "%.2f", rate / inserts)
        )
        Table.row("sustained: p50 / p99", String(format: "%.1f / %.1f ms", result.percentile(0.5), result.percentile(0.99)), "", "")
        host.stop()
        Table.statuses(result.statuses)
    }

    /// A long day: how fast a host starts on what it has stored, and what it weighs the longer it runs.
    private func endure() throws {
        let instruments = (0..<512).map { "I\($0)" }
        let host = try HostProcess(binary: binary, instruments: instruments, replyWithin: "2500ms")
        defer { host.remove() }
        // Whole turns of every instrument, so that each part of the day begins flat.
        let part = 25 * 8 * instruments.count
        var load = LoadGenerator(port: host.port, connections: 64, instruments: instruments, layers: 4, limit: part)
        _ = try host.start()
        _ = try load.run()
        host.stop()
        let ready = try host.start()
        Table.row("start to ready, \(part) signals of the day", String(format: "%.0f ms", ready * 1_000), "goal < 300 ms", "")
        load.limit = 2 * part
        let result = try load.run(every: part / 2) { answered in
            Table.row("resident memory after \(answered) signals", String(format: "%.0f MB", host.residentMegabytes), "goal < 150 MB", "")
        }
        Table.row("most resident memory on the way", String(format: "%.0f MB", host.peakMegabytes), "goal < 150 MB", "")
        host.stop()
        Table.statuses(result.statuses)
    }

    private func replay() throws {
        let rate = try 500_000 / elapsed(of: ["replay", "--synthetic", "500000", "--json"])
        Table.row(
            "replay, whole process, one core", String(format: "%.0f signals/s", rate), "goal 100000/s",
            String(format: "%.2f", rate / 100_000))
    }

    private func simulate() throws {
        let runs = ["simulate", "--seeds", "1..40", "--signals", "500", "--json"]
        let rate = try 20_000 / elapsed(of: runs)
        Table.row(
            "simulation, three instances, all faults", String(format: "%.0f signals/s", rate), "goal 5000/s",
            String(format: "%.2f", rate / 5_000))
        let proof = try elapsed(of: ["simulate", "--full", "--seeds", "1..200", "--json"])
        Table.row(
            "20,000 signals and a death at every step", String(format: "%.1f s", proof), "goal 60 s", String(format: "%.2f", proof / 60))
    }

    /// How many seconds a command takes that ends well.
    private func elapsed(of arguments: [String]) throws -> Double {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        let start = Date()
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0, !output.isEmpty else {
            throw BenchFault("munim \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return Date().timeIntervalSince(start)
    }
}

/// Aligned columns.
enum Table {
    static func head() { row("figure", "measured", "floor or goal", "ratio") }

    static func row(_ name: String, _ value: String, _ floor: String, _ ratio: String) {
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
        // Written at once: a long measurement is watched.
        FileHandle.standardOutput.write(Data((pad(name, 46) + pad(value, 22) + pad(floor, 26) + ratio + "\n").utf8))
    }

    static func statuses(_ statuses: [String: Int]) {
        for (name, count) in statuses.sorted(by: { $0.value > $1.value }).prefix(6) { row("  answers: \(name)", "\(count)", "", "") }
    }
}
