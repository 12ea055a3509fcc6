import Glibc
import MunimKit
import Storage

/// All parts of one running host, put together from a configuration; nothing is opened before ``start()``.
struct Application: Sendable {
    let configuration: HostConfiguration
    let incarnation: Incarnation
    let clock: any MunimKit.Clock
    let log: any Log
    let metrics: PrometheusMetrics
    let store: any StoragePlugin
    /// The store as the engine and the inbox write to it.
    let records: WatchedRecords
    let broker: any BrokerPlugin
    let coordination: any CoordinationPlugin
    let alerts: [any AlertPlugin]
    let tradedInstruments: [TradedInstrument]
    let engine: Engine
    let inbox: Inbox
    /// How long an operator's request waits for its answer.
    let operatorsWait: Patience

    /// Creates every plugin and joins them; throws the sentence of the one that refuses.
    init(_ configuration: HostConfiguration, clock: any MunimKit.Clock, log: any Log, seams: ApplicationSeams) throws {
        self.configuration = configuration
        self.clock = clock
        self.log = log
        metrics = PrometheusMetrics()
        incarnation = Incarnation("\(configuration.instance.name)-\(Cryptography.hex(Cryptography.randomBytes(4)))")
        var context = PluginContext(
            name: "storage", clock: clock, log: log, metrics: metrics, directory: configuration.instance.data)
        guard let store = try configuration.storage.make(in: context) as? any StoragePlugin else {
            throw PluginFault("\(configuration.storage.name) is not a storage plugin")
        }
        self.store = store
        records = WatchedRecords(store, clock: clock)
        operatorsWait = Patience(seams.operatorsWait, clock: clock, most: .max)
        context.openRecords = { name, tables in try await store.privateRecords(named: name, tables: tables) }
        context.name = "broker"
        guard let broker = try configuration.broker.make(in: context) as? any BrokerPlugin else {
            throw PluginFault("\(configuration.broker.name) is not a broker plugin")
        }
        self.broker = broker
        context.name = "coordination"
        guard let coordination = try configuration.coordination.make(in: context) as? any CoordinationPlugin else {
            throw PluginFault("\(configuration.coordination.name) is not a coordination plugin")
        }
        self.coordination = coordination
        alerts = try configuration.alerts.map { chosen in
            context.name = chosen.name
            guard let alert = try chosen.make(in: context) as? any AlertPlugin else {
                throw PluginFault("\(chosen.name) is not an alert plugin")
            }
            return alert
        }
        tradedInstruments = try configuration.instruments.map { entry in
            context.name = entry.name.text
            return try ConstructedInstrument(entry, context: context).traded(named: entry.name)
        }
        engine = Engine(
            Engine.Parts(
                policy: configuration.policy, tradedInstruments: tradedInstruments, store: records, broker: broker, alerts: alerts,
                incarnation: incarnation,
                clock: clock, random: SystemRandomSource(), log: log, metrics: metrics, trace: seams.trace, stopPoints: seams.stopPoints))
        inbox = Inbox(store: records, engine: engine, clock: clock, stopPoints: seams.stopPoints)
    }

    /// Opens everything that must be open before signals are taken.
    func start() async throws {
        try await start(store, as: configuration.storage)
        try await start(coordination, as: configuration.coordination)
        try await start(broker, as: configuration.broker)
        for (alert, chosen) in zip(alerts, configuration.alerts) { try await start(alert, as: chosen) }
        try await records.begin(
            InstanceRecord(
                id: incarnation, name: configuration.instance.name, hostname: Self.hostname, binaryVersion: Version.current,
                machine: clock.machine, at: clock.now()))
    }

    /// Starts one plugin; its failure names the plugin and its place in the configuration, and closes what is open already.
    private func start(_ plugin: any Plugin, as chosen: ChosenPlugin) async throws {
        do { try await plugin.start() } catch {
            await stop()
            throw PluginFault("\(chosen.path): plugin \(chosen.name) cannot start: \(error)")
        }
    }

    /// Closes what ``start()`` opened, last first.
    func stop() async {
        for alert in alerts { await alert.stop() }
        await broker.stop()
        await coordination.stop()
        await store.stop()
    }

    private static var hostname: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// What only some runs of the host want to see.
struct ApplicationSeams: Sendable {
    var trace: (any TraceSink)?
    var stopPoints: (any StopPointObserver)?
    /// How long an operator waits for an answer.
    var operatorsWait = Span.seconds(10)
}

/// The version of this host.
enum Version {
    static let current = "0.1.0"
}
