import Foundation
import MunimKit
import MunimTesting
import Testing

@testable import munim

/// The shipped host in this process: parsed configuration, real plugins, real listeners on free ports of this machine.
final class RunningHost: Sendable {
    /// What a test of a route needs beyond the defaults.
    struct Setup: Sendable {
        /// Lines of the section `http` below `listen`.
        var http = ["operator_token: \(RunningHost.token)"]
        /// The listener.
        var listen = "127.0.0.1:0"
        /// Lines of the section `risk`.
        var risk = ["initial_capital: 5000000", "signals: { sessions: ignored }"]
        /// Lines of the section `broker`.
        var broker = ["use: paper"]
        /// Lines of the section `storage`.
        var storage = ["use: sqlite", "path: munim.db"]
        /// Lines of the section `instruments`.
        var instruments = [
            "BANK_NIFTY: { use: bank-nifty, \(Setup.knownYears), rollover: { use: days-before-expiry, days: 5 } }",
            "GOLD_MINI: { use: gold-mini, \(Setup.knownYears), rollover: { use: tender-period } }",
            "SILVER_MINI: { use: silver-mini, \(Setup.knownYears), rollover: { use: tender-period } }",
        ]

        /// How long an operator waits for an answer.
        var operatorsWait = ApplicationSeams().operatorsWait
        /// The time that the host goes by.
        var clock: any MunimKit.Clock = SystemClock()

        /// The option with which no calendar is unknown, whenever the tests run.
        static var knownYears: String {
            let year = TradingDay(of: SystemClock().now()).date.year
            return "known_years: [\(year), \(year + 1)]"
        }
    }

    static let token = "a-token-for-operators"
    static let instruments = ["BANK_NIFTY", "GOLD_MINI", "SILVER_MINI"]

    let application: Application
    let interface: Interface
    let port: Int
    /// The port of the operators' own listener; nil without one.
    let adminPort: Int?
    let log: RecordingLog
    private let setup: Setup
    let folder: ScratchFolder
    private let servers: Servers
    private let running: Task<Void, Never>

    private init(_ setup: Setup, in folder: ScratchFolder) async throws {
        self.setup = setup
        self.folder = folder
        log = RecordingLog()
        let reading = ConfigurationReading(
            bytes: Array(Self.text(setup, data: folder.path).utf8), file: "test.yaml", registry: try Builtins.registry(),
            environment: EnvironmentReferences { _ in nil })
        let configuration = try #require(reading.configuration, "\(reading.faults)")
        var seams = ApplicationSeams()
        seams.operatorsWait = setup.operatorsWait
        let application = try Application(configuration, clock: setup.clock, log: log, seams: seams)
        self.application = application
        try await application.start()
        servers = try Servers(application, recorder: nil)
        interface = Interface(application, recorder: nil)
        let ports = servers.addresses.split(separator: " ").compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
        port = try #require(ports.first)
        adminPort = ports.dropFirst().first
        let all = servers.all
        running = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { try? await application.engine.run() }
                for server in all { group.addTask { await server.run() } }
            }
        }
        while !application.engine.condition.isRecovered {
            try await application.clock.sleep(until: application.clock.now() + .milliseconds(1))
        }
    }

    /// Runs `body` with a new host in a folder of its own, and stops the host whatever happens.
    static func run<Result>(
        _ setup: Setup = Setup(), isolation: isolated (any Actor)? = #isolation, _ body: (RunningHost) async throws -> Result
    ) async throws -> Result {
        try await keep(RunningHost(setup, in: ScratchFolder()), body)
    }

    /// Stops this host and runs `body` with another one on the same folder, set up anew where it is said how.
    func restarted<Result>(
        _ setup: Setup? = nil, isolation: isolated (any Actor)? = #isolation, _ body: (RunningHost) async throws -> Result
    ) async throws -> Result {
        await stop()
        return try await Self.keep(RunningHost(setup ?? self.setup, in: folder), body)
    }

    private static func keep<Result>(
        _ host: RunningHost, isolation: isolated (any Actor)? = #isolation, _ body: (RunningHost) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(host)
            await host.stop()
            return result
        } catch {
            await host.stop()
            throw error
        }
    }

    /// Stops in the order of the protocol; harmless when repeated.
    func stop() async {
        await application.engine.stop(grace: .seconds(5))
        for server in servers.all { await server.stop(grace: .seconds(2)) }
        await running.value
        await application.stop()
    }

    /// Ends the engine only, as if it had given up; the listeners go on.
    func endEngine() async throws {
        await application.engine.stop(grace: .seconds(5))
        while !application.engine.condition.hasEnded {
            try await application.clock.sleep(until: application.clock.now() + .milliseconds(1))
        }
    }

    private static func text(_ setup: Setup, data: String) -> String {
        func section(_ name: String, _ lines: [String]) -> String { ([name + ":"] + lines.map { "  " + $0 }).joined(separator: "\n") }
        return [
            section("instance", ["name: test", "data: \(data)"]), section("http", ["listen: \"\(setup.listen)\""] + setup.http),
            section("storage", setup.storage), section("broker", setup.broker), section("instruments", setup.instruments),
            section("risk", setup.risk),
        ].joined(separator: "\n") + "\n"
    }
}

// Records as they would be after something that takes long to bring about.
extension RunningHost {
    /// Writes that an instrument takes no entries.
    func freeze(_ instrument: InstrumentName, because reason: String) async throws {
        var scope = ScopeRecord(instrument: instrument)
        scope.state = .frozen
        scope.frozenReason = reason
        var transaction = Transaction()
        transaction.insert(scope)
        _ = try await application.store.commit(transaction)
    }

    /// Writes a second signal whose fingerprint begins as that of another one.
    func twin(of fingerprint: String) async throws {
        let query = Query<SignalRecord>(.equal("fingerprint", fingerprint))
        var twin = try #require(try await application.store.fetch(query).first)
        twin.fingerprint = Fingerprint(fingerprint.prefix(8) + String(repeating: "0", count: 56))
        twin.version = 1
        var transaction = Transaction()
        transaction.insert(twin)
        _ = try await application.store.commit(transaction)
    }
}

// Requests.
extension RunningHost {
    /// Sends a signal and returns the answer.
    func post(_ signal: TestWebhook) async throws -> HostReply { try await send("POST", "/webhook", body: signal.body) }

    /// Sends a signal and returns what is known of it once it has its verdict, however long that takes on a busy machine.
    func verdict(of signal: TestWebhook) async throws -> TestJSON {
        let reply = try await post(signal)
        guard reply.status == 202, let fingerprint = reply.json["fingerprint"].text else { return reply.json }
        while true {
            let known = try await get("/signals/\(fingerprint)").json
            if known["status"].text.flatMap(SignalStatus.init(rawValue:))?.isVerdict == true { return known }
            try await application.clock.sleep(until: application.clock.now() + .milliseconds(2))
        }
    }

    /// Reads a path without a token.
    func get(_ path: String, token: String? = nil) async throws -> HostReply { try await send("GET", path, token: token) }

    /// Asks as an operator.
    func command(_ path: String, _ body: String, token: String? = RunningHost.token) async throws -> HostReply {
        try await send("POST", path, body: body, token: token)
    }

    /// One request on a connection of its own.
    func send(
        _ method: String, _ path: String, body: String? = nil, token: String? = nil, host: String = "localhost", port: Int? = nil,
        type: String = "application/json"
    ) async throws -> HostReply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        let bytes = Array((head + "\r\n" + (body ?? "")).utf8)
        let port = port ?? self.port
        // A busy machine may take its time; a host that hangs is found by the time limit of the suite.
        let answer = try #require(
            await offPool { () -> RawClient.Answer? in
                guard let client = RawClient(port: port), client.send(bytes) else { return nil }
                return client.answer()
            })
        return HostReply(status: answer.status, head: answer.head, text: answer.text)
    }
}

/// An answer of the host.
struct HostReply: Sendable {
    let status: Int
    let head: String
    let text: String

    /// The body as JSON; null when it is none.
    var json: TestJSON { (try? JSONDecoder().decode(TestJSON.self, from: Data(text.utf8))) ?? .null }
}

/// JSON that a test looks into.
enum TestJSON: Decodable, Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([TestJSON])
    case object([String: TestJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([TestJSON].self) {
            self = .list(value)
        } else if let value = try? container.decode([String: TestJSON].self) {
            self = .object(value)
        } else {
            self = .null
        }
    }

    subscript(key: String) -> TestJSON { if case .object(let members) = self { members[key] ?? .null } else { .null } }
    subscript(index: Int) -> TestJSON { list.indices.contains(index) ? list[index] : .null }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var list: [TestJSON] { if case .list(let list) = self { list } else { [] } }
    var members: [String: TestJSON] { if case .object(let members) = self { members } else { [:] } }
}

/// A webhook as a chart script would send it now.
struct TestWebhook: Sendable {
    var type: String
    var instrument = "BANK_NIFTY"
    var position: String? = "Long_1"
    var price = "52000"
    var stop = "51650"
    var atr = "350"
    var reason: String?
    /// Seconds before now.
    var age: Int64 = 0
    /// An instant in place of now, so that several webhooks agree on it.
    var at: Instant?

    static var baseEntry: TestWebhook { TestWebhook(type: "BASE_ENTRY") }
    static func exit(_ position: String = "ALL") -> TestWebhook {
        TestWebhook(type: "EXIT", position: position, price: "51800", stop: "0", reason: "SuperTrend")
    }
    static func marketData(age: Int64, at: Instant? = nil) -> TestWebhook {
        TestWebhook(type: "MARKET_DATA", position: nil, age: age, at: at)
    }

    var body: String {
        let now = at ?? SystemClock().now()
        let second = Instant(seconds: now.seconds - age)
        let members = [
            "\"type\":\"\(type)\"", "\"instrument\":\"\(instrument)\"", position.map { "\"position\":\"\($0)\"" }, "\"price\":\(price)",
            "\"stop\":\(stop)", "\"lots\":5", "\"atr\":\(atr)", "\"er\":0.82", "\"supertrend\":51650",
            reason.map { "\"reason\":\"\($0)\"" },
            "\"timestamp\":\"\(second)\"",
        ]
        return "{\(members.compactMap(\.self).joined(separator: ","))}"
    }
}

/// A folder that goes away with the last reference to it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("munim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
