import Foundation
import Glibc

/// One keep-alive connection to the host that sends a request and waits for its answer.
final class Connection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else { throw BenchFault("cannot connect to port \(port): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// The status and body of the answer to one POST.
    func post(_ path: String, _ body: String) throws -> (status: Int, body: String) {
        try exchange(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// The status and body of the answer to one GET.
    func get(_ path: String) throws -> (status: Int, body: String) { try exchange("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n") }

    private func exchange(_ request: String) throws -> (status: Int, body: String) {
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw BenchFault("the host hung up") }
        var received: [UInt8] = []
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchFault("the host hung up") }
            received += buffer[..<count]
            if let answer = Self.answer(in: received) { return answer }
        }
    }

    private static func answer(in bytes: [UInt8]) -> (status: Int, body: String)? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let mark = text.range(of: "Content-Length: ") else { return nil }
        let length = Int(text[mark.upperBound...].prefix { $0.isNumber }) ?? 0
        let body = text[end.upperBound...]
        guard body.utf8.count >= length else { return nil }
        return (Int(text.dropFirst(9).prefix(3)) ?? 0, String(body))
    }
}

struct BenchFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The signals of one instrument: a base, pyramids on it, then their exits, again and again, each newer than the one before.
struct SignalSource {
    let instrument: String
    let layers: Int
    private var step = 0
    private var second: Int
    /// How old signals may become, in seconds: well within the entry window.
    private static let lag = 30

    init(instrument: String, layers: Int, startingAt second: Int) {
        self.instrument = instrument
        self.layers = layers
        self.second = second
    }

    /// The next body, or nil when its second has not come yet.
    mutating func next(now: Int) -> String? {
        guard second <= now else { return nil }
        defer { advance(now) }
        let isExit = step >= layers
        let layer = step % layers + 1
        let price = 70_000 + (isExit ? layers : layer) * 1_000
        let type = isExit ? "EXIT" : layer == 1 ? "BASE_ENTRY" : "PYRAMID"
        let rest = isExit ? "\"stop\":0,\"lots\":0,\"reason\":\"bench\"" : "\"stop\":\(price - 500),\"lots\":5"
        return """
            {"type":"\(type)","instrument":"\(instrument)","position":"Long_\(layer)","price":\(price),\(rest),"atr":500,"er":0.8,\
            "supertrend":\(price - 500),"timestamp":"\(Self.text(second))"}
            """
    }

    private mutating func advance(_ now: Int) {
        step += 1
        if step == layers || step == layers * 2 { second = max(second + 1, now - Self.lag) }
        if step == layers * 2 { step = 0 }
    }

    private static func text(_ second: Int) -> String {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What one load run measured.
struct LoadResult: Sendable {
    var latencies: [Double] = []
    var statuses: [String: Int] = [:]
    var seconds = 0.0

    mutating func add(_ other: LoadResult) {
        latencies += other.latencies
        statuses.merge(other.statuses, uniquingKeysWith: +)
    }

    /// The latency below which `share` of the answers stayed, in milliseconds.
    func percentile(_ share: Double) -> Double {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1_000
    }
}

/// Sends signals over several connections, each with instruments of its own.
struct LoadGenerator {
    let port: UInt16
    let connections: Int
    let instruments: [String]
    let layers: Int
    /// Signals per second over all connections; nil for as many as the host answers.
    var rate: Double?
    /// Signals over all connections; nil for as many as the time allows.
    var limit: Int?

    /// How many seconds old the first signals are; each step of an instrument is a second newer, and none is sent before its second.
    var age = -1

    /// Sends until the time or the limit is reached.
    func run(seconds: Double = .infinity) throws -> LoadResult {
        let collected = Collected()
        let start = Date().timeIntervalSince1970
        let threads = (0..<connections).map { index in
            Thread {
                do { collected.add(try drive(index, from: start, seconds: seconds)) } catch { collected.fail(error) }
                collected.leave()
            }
        }
        collected.expect(threads.count)
        for thread in threads { thread.start() }
        var result = try collected.wait()
        result.seconds = Date().timeIntervalSince1970 - start
        return result
    }

    private func drive(_ index: Int, from start: Double, seconds: Double) throws -> LoadResult {
        let connection = try Connection(port: port)
        var result = LoadResult()
        var sources = instruments.enumerated().filter { $0.offset % connections == index }
            .map { SignalSource(instrument: $0.element, layers: layers, startingAt: Int(start) - age) }
        var turn = 0
        var sent = 0
        while sent < share(of: index), Date().timeIntervalSince1970 - start < seconds {
            if let rate {
                let due = start + Double(sent * connections + index) / rate
                let wait = due - Date().timeIntervalSince1970
                if wait > 0 { usleep(UInt32(wait * 1_000_000)) }
            }
            let source = turn % sources.count
            turn += 1
            guard let body = sources[source].next(now: Int(Date().timeIntervalSince1970)) else {
                if turn % sources.count == 0 { usleep(1_000) }
                continue
            }
            let before = Date().timeIntervalSince1970
            let answer = try connection.post("/webhook", body)
            result.latencies.append(Date().timeIntervalSince1970 - before)
            result.statuses[Self.label(answer), default: 0] += 1
            sent += 1
        }
        return result
    }

    /// How many signals one connection sends at most.
    private func share(of index: Int) -> Int {
        guard let limit else { return .max }
        return limit / connections + (index < limit % connections ? 1 : 0)
    }

    private static func label(_ answer: (status: Int, body: String)) -> String {
        guard let mark = answer.body.range(of: "\"status\":\"", options: .backwards) else { return "\(answer.status)" }
        let reason = answer.body.range(of: "\"reason\":\"").map { " " + answer.body[$0.upperBound...].prefix { $0 != "\"" } } ?? ""
        return "\(answer.status) \(answer.body[mark.upperBound...].prefix { $0 != "\"" })\(reason)"
    }
}

/// Results of threads that run side by side.
private final class Collected: @unchecked Sendable {
    private let condition = NSCondition()
    private var result = LoadResult()
    private var failure: (any Error)?
    private var running = 0

    func expect(_ count: Int) { condition.withLock { running = count } }
    func add(_ part: LoadResult) { condition.withLock { result.add(part) } }
    func fail(_ error: any Error) { condition.withLock { failure = failure ?? error } }
    func leave() {
        condition.withLock {
            running -= 1
            condition.signal()
        }
    }
    func wait() throws -> LoadResult {
        try condition.withLock {
            while running > 0 { condition.wait() }
            if let failure { throw failure }
            return result
        }
    }
}
