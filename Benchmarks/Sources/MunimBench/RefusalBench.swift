import Foundation
import Glibc

/// What it costs a host to refuse, and what others notice of it.
struct RefusalBench {
    let binary: URL
    let seconds: Double

    func run() throws {
        let host = try HostProcess(binary: binary, instruments: ["I0", "I1", "I2", "I3"], secret: HostileBody.secret)
        defer { host.remove() }
        _ = try host.start()
        try cost(of: host)
        try flood(host)
        host.stop()
    }

    /// Processor time for each body, less that of receiving one of the same size and answering that there is no such path: the worst of all bodies.
    private func cost(of host: HostProcess) throws {
        let floor = try microseconds(host, "/nothing", String(repeating: " ", count: 10_240), expecting: 404...404)
        Table.row("refuse: receive 10 KiB and answer 404", [floor], "µs", places: 0)
        let costs = try HostileBody.all.map { body in
            (name: body.name, cost: try microseconds(host, "/webhook", body.text, expecting: 400...422) - floor)
        }
        guard let worst = costs.max(by: { $0.cost < $1.cost }) else { return }
        Table.row("refuse, at worst: \(worst.name)", [worst.cost], "µs", places: 0, goal: .atMost(100, "100 µs"))
    }

    private func microseconds(_ host: HostProcess, _ path: String, _ body: String, expecting: ClosedRange<Int>) throws -> Double {
        let connection = try Connection(port: host.port)
        // The least of several rounds: whoever else uses the machine only adds to it.
        return try (0..<5).map { _ in
            let count = 200
            let before = host.processorSeconds
            for _ in 0..<count {
                let status = try connection.post(path, body).status
                guard expecting.contains(status) else { throw BenchFault("\(path) answered \(status) to \(body.prefix(60))") }
            }
            return (host.processorSeconds - before) * 1_000_000 / Double(count)
        }.min() ?? .nan
    }

    /// Valid webhooks beside 5,000 refused ones a second.
    private func flood(_ host: HostProcess) throws {
        let port = host.port
        let end = Date().timeIntervalSince1970 + seconds
        let flood = FloodCount()
        let threads = (0..<4).map { index in
            Thread {
                flood.leave(with: try? Self.refused(port: port, index: index, of: 4, rate: 5_000, until: end))
            }
        }
        for thread in threads { thread.start() }
        var result = LoadResult()
        let connection = try Connection(port: port)
        var sources = (0..<4).map { SignalSource(instrument: "I\($0)", layers: 4, startingAt: Int(Date().timeIntervalSince1970) - 60) }
        var turn = 0
        while Date().timeIntervalSince1970 < end {
            usleep(20_000)
            turn += 1
            guard let body = sources[turn % 4].next(now: Int(Date().timeIntervalSince1970)) else { continue }
            let before = Date().timeIntervalSince1970
            let answer = try connection.post("/webhook", "{\"secret\":\"\(HostileBody.secret)\"," + body.dropFirst())
            result.latencies.append(Date().timeIntervalSince1970 - before)
            result.statuses["\(answer.status)", default: 0] += 1
        }
        let refused = flood.wait(for: threads.count)
        Table.row("refused beside valid webhooks", [Double(refused) / seconds], "/s", places: 0, goal: .atLeast(4_500, "4500/s"))
        Table.row("valid webhooks beside them: p99", [result.percentile(0.99)], "ms", goal: .atMost(20, "20 ms"))
    }

    /// Sends hostile bodies at a steady rate, and answers how many were refused.
    private static func refused(port: UInt16, index: Int, of threads: Int, rate: Double, until end: Double) throws -> Int {
        let connection = try Connection(port: port)
        let bodies = HostileBody.all.map(\.text)
        let start = Date().timeIntervalSince1970
        var sent = 0
        while Date().timeIntervalSince1970 < end {
            let due = start + Double(sent * threads) / rate
            let wait = due - Date().timeIntervalSince1970
            if wait > 0 { usleep(UInt32(wait * 1_000_000)) }
            guard try connection.post("/webhook", bodies[(sent + index) % bodies.count]).status >= 400 else {
                throw BenchFault("not refused")
            }
            sent += 1
        }
        return sent
    }
}

/// Adds up what threads have sent.
private final class FloodCount: @unchecked Sendable {
    private let condition = NSCondition()
    private var total = 0
    private var ended = 0

    func leave(with count: Int?) {
        condition.withLock {
            total += count ?? 0
            ended += 1
            condition.signal()
        }
    }

    func wait(for threads: Int) -> Int {
        condition.withLock {
            while ended < threads { condition.wait() }
            return total
        }
    }
}
