import Foundation

/// A host under load, against what the machine itself can do in the same run.
struct HostBench {
    let binary: URL
    let folder: URL
    /// One bare durable insert, as it was when the run began.
    let insert: Floors.Insert

    /// The processor time of an executed signal with two orders, in bare durable inserts.
    func cost() throws {
        var (inserts, milliseconds): ([Double], [Double]) = ([], [])
        for _ in 0..<5 {
            let instruments = (0..<60).map { "B\($0)" }
            let host = try HostProcess(binary: binary, instruments: instruments, model: .bankNifty)
            defer { host.remove() }
            _ = try host.start()
            let before = host.processorSeconds
            var load = LoadGenerator(port: host.port, connections: 4, instruments: instruments, layers: 1, limit: 1_200)
            load.age = 28
            let result = try load.run()
            let used = (host.processorSeconds - before) * 1_000 / Double(try result.count(of: "executed"))
            host.stop()
            // The floor of the same moment, because others may use the machine.
            inserts.append(used / Floors.insert(folder: folder).processor)
            milliseconds.append(used)
        }
        Table.row("processor time of a two-leg signal", milliseconds, "ms")
        Table.row("the same in bare durable inserts", inserts, "", places: 1, goal: .atMost(35, "35"))
    }

    /// How long the acknowledgement takes while others are worked on.
    func acknowledge() throws {
        var (half, most): ([Double], [Double]) = ([], [])
        let commit = 1_000 / insert.rate
        for _ in 0..<5 {
            let instruments = (0..<64).map { "I\($0)" }
            let host = try HostProcess(binary: binary, instruments: instruments, replyWithin: "1us")
            defer { host.remove() }
            _ = try host.start()
            let load = LoadGenerator(port: host.port, connections: 8, instruments: instruments, layers: 4, rate: 200)
            let result = try load.run(seconds: 8)
            host.stop()
            half.append(result.percentile(0.5) / commit)
            most.append(result.percentile(0.99) / commit)
        }
        Table.row("acknowledgement at 200/s: p50, in commits", half, "", places: 1, goal: .atMost(6, "6"))
        Table.row("acknowledgement at 200/s: p99, in commits", most, "", places: 1, goal: .atMost(60, "60"))
    }

    /// A long day in five parts: how many signals a second, what the host weighs in the end, and how fast it starts on what it has stored.
    func endure() throws {
        let instruments = (0..<512).map { "I\($0)" }
        let host = try HostProcess(binary: binary, instruments: instruments, replyWithin: "2500ms")
        defer { host.remove() }
        _ = try host.start()
        // Whole turns of every instrument, so that each part of the day begins flat.
        let part = 5 * 8 * instruments.count
        let shares = try five {
            let load = LoadGenerator(port: host.port, connections: 128, instruments: instruments, layers: 4, limit: part)
            return Double(part) / (try load.run().seconds) / Floors.insert(folder: folder).rate
        }
        Table.row("sustained to verdict, of bare durable inserts", shares, "", goal: .atLeast(0.4, "0.4"))
        Table.row("resident after \(5 * part) signals", [host.residentMegabytes], "MB", places: 0, goal: .atMost(60, "60 MB"))
        Table.row("most resident on the way", [host.peakMegabytes], "MB", places: 0)
        host.stop()
        let starts = try five {
            let ready = try host.start()
            host.stop()
            return ready * 1_000
        }
        Table.row("start on \(5 * part) signals of the day", starts, "ms", places: 0, goal: .atMost(300, "300 ms"))
    }
}

extension LoadResult {
    /// How many answers had this verdict; throws when there were others, which cost something else.
    func count(of verdict: String) throws -> Int {
        let found = statuses.filter { $0.key.contains(verdict) }.values.reduce(0, +)
        guard found == latencies.count, found > 0 else { throw BenchFault("not all were \(verdict): \(statuses)") }
        return found
    }
}
