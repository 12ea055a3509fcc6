import MunimKit

struct SampleBroker: BrokerPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .brokers, name: "paper", version: "1", summary: "Pretends.") }
    struct Options: PluginOptions {
        init(from reader: inout OptionReader) {
            _ = reader.value("slippage", .price, default: .zero, unit: "INR", summary: "Slippage.")
            _ = reader.value("latency", .span, default: .zero, summary: "Latency.")
            _ = reader.value("capital", .money.above(.zero), default: Money(whole: 5_000_000), unit: "INR", summary: "Capital.")
            _ = reader.section("faults", summary: "Faults.") { faults in
                _ = faults.value("reject", .ratio.within(.zero ... .one), default: .zero, summary: "Share of refused orders.")
                return faults.value("duplicate", .flag, default: false, summary: "Whether updates come twice.")
            }
        }
    }
    init(options: Options, context: PluginContext) throws {}
    var traits: BrokerTraits { .sample(isLive: false) }
}

struct SampleLiveBroker: BrokerPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .brokers, name: "zerodha", version: "1", summary: "Trades.") }
    struct Options: PluginOptions {
        init(from reader: inout OptionReader) {
            _ = reader.value("api_key", .secret(minimumLength: 8), summary: "The key.")
        }
    }
    init(options: Options, context: PluginContext) throws {}
    var traits: BrokerTraits { .sample(isLive: true) }
}

extension BrokerTraits {
    fileprivate static func sample(isLive: Bool) -> BrokerTraits {
        BrokerTraits(
            isLive: isLive, findsOrdersByTag: true, horizon: .seconds(1), rate: OrderRate(perSecond: 1, perMinute: 1, perDay: 1))
    }
}

extension BrokerPlugin {
    func place(_ request: OrderRequest) async -> PlaceOutcome { .notSent("a sample sends nothing") }
    func cancel(_ order: BrokerOrderID) async -> CancelOutcome { .refused("a sample has no orders") }
    func book(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook { OrderBook([]) }
    func positions() async throws(BrokerError) -> [BrokerPosition] { [] }
    func quotes(_ contracts: [Contract]) async throws(BrokerError) -> [ContractQuote] { [] }
    func funds() async throws(BrokerError) -> Funds { Funds(available: .zero, used: .zero) }
    func updates() -> AsyncStream<OrderReport> { AsyncStream { $0.finish() } }
}

struct SampleStorage: StoragePlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .storage, name: "sqlite", version: "1", summary: "Keeps.") }
    struct Options: PluginOptions {
        init(from reader: inout OptionReader) {
            _ = reader.value("path", .text, default: "munim.db", summary: "The file.")
            _ = reader.value("busy_timeout", .span.above(.zero), default: .seconds(5), summary: "How long to wait.")
        }
    }
    init(options: Options, context: PluginContext) throws {}
    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] { [] }
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { [] }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { 0 }
    func migrations() async throws(StorageError) -> [MigrationStatus] { [] }
    func migrate(to target: MigrationTarget) async throws(StorageError) {}
    func backUp(to path: String) async throws(StorageError) {}
    func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore { self }
}

struct SampleCoordination: CoordinationPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .coordination, name: "local", version: "1", summary: "Alone.") }
    init(options: NoOptions, context: PluginContext) throws {}
    func acquire(_ name: String, holder: Incarnation, for span: Span) async throws -> Lease? { nil }
    func release(_ name: String, holder: Incarnation) async {}
}

struct SampleAlert: AlertPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .alerts, name: "log", version: "1", summary: "Writes.") }
    struct Options: PluginOptions {
        init(from reader: inout OptionReader) {
            _ = reader.value("severity", .choice(Severity.self), default: .warning, summary: "The least severity.")
        }
    }
    init(options: Options, context: PluginContext) throws {}
    func deliver(_ alert: Alert) async throws {}
}

struct SampleWebhookAlert: AlertPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .alerts, name: "webhook", version: "1", summary: "Posts.") }
    struct Options: PluginOptions {
        init(from reader: inout OptionReader) {
            _ = reader.value("url", .text.limited("that begins with https://") { $0.hasPrefix("https://") }, summary: "Where to.")
            _ = reader.optional("token", .secret(minimumLength: 8), summary: "The token.")
        }
    }
    init(options: Options, context: PluginContext) throws {}
    func deliver(_ alert: Alert) async throws {}
}
