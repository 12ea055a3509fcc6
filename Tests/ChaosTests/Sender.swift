import Foundation
import Glibc

/// A sender that repeats each signal, byte for byte, until the host has taken it; it never sends the next of an instrument before that.
final class Sender: @unchecked Sendable {
    private let port: UInt16
    private let instruments: [String]
    private let lock = NSLock()
    private var isStopped = false
    private var taken: [String: String] = [:]
    private var refusals: [String] = []
    private let group = DispatchGroup()

    init(port: UInt16, instruments: [String]) {
        self.port = port
        self.instruments = instruments
    }

    /// Bodies that were answered with 2xx, with the fingerprint of the answer.
    var accepted: [String: String] { lock.withLock { taken } }
    /// Answers of 4xx: none is expected.
    var refused: [String] { lock.withLock { refusals } }

    /// Sends from one thread per instrument until ``stop()``.
    func start() {
        for instrument in instruments {
            group.enter()
            Thread.detachNewThread { [self] in
                drive(instrument)
                group.leave()
            }
        }
    }

    /// Ends after the signals that are on their way were taken.
    func stop() {
        lock.withLock { isStopped = true }
        group.wait()
    }

    private func drive(_ instrument: String) {
        var second = Int(Date().timeIntervalSince1970) - 30
        var isEntry = true
        while !lock.withLock({ isStopped }) {
            guard second <= Int(Date().timeIntervalSince1970) else {
                usleep(20_000)
                continue
            }
            deliver(Self.body(instrument, isEntry: isEntry, second: second))
            isEntry.toggle()
            second += 1
        }
    }

    /// Repeats until the host has an answer that is not "try again".
    func deliver(_ body: String) {
        while true {
            guard let answer = try? Exchange(port: port).post("/webhook", body), answer.status < 500 else {
                usleep(5_000)
                continue
            }
            lock.withLock {
                if answer.status < 300 { taken[body] = Self.field("fingerprint", in: answer.body) } else { refusals.append(answer.body) }
            }
            return
        }
    }

    static func field(_ name: String, in json: String) -> String {
        guard let mark = json.range(of: "\"\(name)\":\"") else { return "" }
        return String(json[mark.upperBound...].prefix { $0 != "\"" })
    }

    static func body(_ instrument: String, isEntry: Bool, second: Int, target: String = "Long_1", price: Int? = nil) -> String {
        let price = price ?? 78_500 + second % 97
        let rest = isEntry ? "\"stop\":\(price - 700),\"lots\":1" : "\"stop\":0,\"lots\":0,\"reason\":\"chaos\""
        let stamp = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(second)))
        return """
            {"type":"\(isEntry ? "BASE_ENTRY" : "EXIT")","instrument":"\(instrument)","position":"\(target)","price":\(price),\(rest),\
            "atr":450,"er":0.85,"supertrend":\(price - 700),"timestamp":"\(stamp)"}
            """
    }

    /// A bar of market data.
    static func bar(_ instrument: String, second: Int, price: Int) -> String {
        let stamp = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(second)))
        return """
            {"type":"MARKET_DATA","instrument":"\(instrument)","price":\(price),"stop":0,"lots":0,"atr":450,"er":0.85,\
            "supertrend":\(price - 700),"timestamp":"\(stamp)"}
            """
    }
}
