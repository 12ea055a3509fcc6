import Foundation
import Glibc

/// A release host on a folder of its own.
final class HostProcess {
    let folder: URL
    let port: UInt16
    private let binary: URL
    private var process = Process()

    /// With a `secret`, webhooks must carry it.
    init(
        binary: URL, instruments: [String], model: Model = .goldMini, replyWithin: String = "1500ms", secret: String? = nil
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "munim-bench-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Below the range from which the system takes the ports of outgoing connections.
        port = UInt16.random(in: 20_000...32_000)
        let file = folder.appendingPathComponent("plugins.yaml")
        try Self.configuration(model, instruments: instruments, port: port, replyWithin: replyWithin, secret: secret).write(
            to: file, atomically: true, encoding: .utf8)
        self.binary = binary
    }

    /// What the instruments are.
    enum Model: String {
        /// One contract.
        case goldMini = "gold-mini"
        /// A synthetic future: two orders for each signal.
        case bankNifty = "bank-nifty"
    }

    /// Starts the host and returns after how many seconds it was ready.
    func start() throws -> Double {
        process = Process()
        process.executableURL = binary
        process.arguments = ["serve", folder.appendingPathComponent("plugins.yaml").path]
        process.currentDirectoryURL = folder
        let log = folder.appendingPathComponent("log.jsonl")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: log)
        let begin = Date()
        try process.run()
        while Date().timeIntervalSince(begin) < 30 {
            if let answer = try? Connection(port: port).get("/ready"), answer.status == 200 { return Date().timeIntervalSince(begin) }
            usleep(1_000)
        }
        throw BenchFault("the host is not ready after 30 s; see \(folder.path)/log.jsonl")
    }

    /// Seconds for which the host's threads have run.
    var processorSeconds: Double {
        let folder = "/proc/\(process.processIdentifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let nanoseconds = threads.compactMap { thread in
            (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8))?.split(separator: " ").first.flatMap {
                Double($0)
            }
        }
        return nanoseconds.reduce(0, +) / 1_000_000_000
    }

    /// Resident memory in megabytes.
    var residentMegabytes: Double { megabytes("VmRSS") }

    /// The most resident memory since the start, in megabytes.
    var peakMegabytes: Double { megabytes("VmHWM") }

    private func megabytes(_ name: String) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }),
            let kibibytes = Double(line.filter(\.isNumber))
        else { return .nan }
        return kibibytes / 1_024
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func configuration(_ model: Model, instruments: [String], port: UInt16, replyWithin: String, secret: String?) -> String {
        let demand = secret.map { ", secret: \($0)" } ?? ""
        let entries = instruments.map {
            "  \($0):\n    use: \(model.rawValue)\n    sizing: { use: fixed-lots, lots: 1, pyramid_lots: 1 }\n    rollover: { use: never }"
        }
        return """
            instance: { name: bench, data: data }
            http: { listen: "127.0.0.1:\(port)", reply_within: \(replyWithin)\(demand) }
            storage: { use: sqlite }
            broker: { use: paper, funds: 100000000000, rate: { per_second: 100000, per_minute: 1000000, per_day: 100000000 } }
            risk:
              initial_capital: 100000000000
              limits: { enforced: false }
              # All instruments trade one contract, whose price is that of the last signal of any of them.
              divergence: { enforced: false }
              signals: { sessions: ignored, duplicate_window: 0s }
            instruments:
            \(entries.joined(separator: "\n"))
            """
    }
}
