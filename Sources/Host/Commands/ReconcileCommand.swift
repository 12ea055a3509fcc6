import MunimKit

/// `munim reconcile`.
enum ReconcileCommand {
    static let command = Command(
        words: ["reconcile"],
        summary:
            "Holds what the broker reports against the records, contract by contract, and answers 1 when they differ; changes nothing.",
        options: [.json, .config], examples: ["munim reconcile"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        let view = try await input.reading(configuration) { store in
            let context = PluginContext(
                name: "broker", clock: input.world.clock, directory: configuration.instance.data,
                openRecords: { name, tables in Glance(try? await store.privateRecords(named: name, tables: tables)) })
            guard let broker = try configuration.broker.make(in: context) as? any BrokerPlugin else {
                throw CommandFailure.usage("\(configuration.broker.name) is no broker plugin")
            }
            try await broker.start()
            do {
                let view = try await ReconcileView.read(store, broker)
                await broker.stop()
                return view
            } catch {
                await broker.stop()
                throw error
            }
        }
        if input.isJSON { try input.show(json: view) } else { input.show(lines(of: view)) }
        return view.agrees ? 0 : 1
    }

    private static func lines(of view: ReconcileView) -> [String] {
        var lines: [String] = []
        if !view.contracts.isEmpty {
            var table = TextTable(("CONTRACT", .left), ("RECORDS", .right), ("BROKER", .right), ("DIFFERENCE", .right), ("", .left))
            table.rows = view.contracts.map {
                ["\($0.symbol)", "\($0.records)", "\($0.broker)", "\($0.difference)", $0.difference == 0 ? "" : "differs"]
            }
            lines += table.lines
        }
        if !view.orders.isEmpty {
            var table = TextTable(("ORDER", .left), ("CONTRACT", .left), ("RECORDS", .left), ("BROKER", .left))
            table.rows = view.orders.map { [$0.tag ?? $0.brokerOrder ?? "-", $0.symbol, $0.records ?? "none", $0.broker ?? "none"] }
            lines += (lines.isEmpty ? [] : [""]) + table.lines
        }
        guard !view.agrees else { return lines + ["records and broker agree"] }
        return lines + ["", "choices"] + view.choices.map { "  " + $0 }
    }
}

/// A broker's own records as they are, where what is written is forgotten, so that a look changes nothing.
private struct Glance: RecordStore {
    private let store: (any RecordStore)?

    /// A look at `store`; at nothing when there is none yet.
    init(_ store: (any RecordStore)?) { self.store = store }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] { transaction.writes.map { _ in true } }
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await store?.fetch(query) ?? [] }
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result {
        try await store?.reduce(columns, of: query, into: initial, update) ?? initial
    }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await store?.count(query) ?? 0 }
}

/// Records and broker side by side.
struct ReconcileView: Encodable, Sendable {
    /// What both say of one contract, in units.
    struct Contract: Encodable, Sendable {
        var symbol: String
        var records: Int64
        var broker: Int64
        /// Broker less records.
        var difference: Int64
    }

    /// An order about which the two differ.
    struct Order: Encodable, Sendable {
        var tag: String?
        var brokerOrder: String?
        var symbol: String
        var records: String?
        var broker: String?
    }

    var agrees: Bool
    var contracts: [Contract]
    /// Orders that only one of the two has open.
    var orders: [Order]
    var choices: [String]

    /// Compares the live positions and unfinished orders with what the broker reports.
    static func read(_ store: any RecordStore, _ broker: any BrokerPlugin) async throws -> ReconcileView {
        let live = try await store.fetch(Query.livePositions)
        let unfinished = try await store.fetch(Query<OrderRecord>(.isIn("state", OrderState.allCases.filter { !$0.isTerminal })))
        let held = try await broker.positions()
        let book = try await broker.orders()
        let contracts = compare(live, held)
        let orders = compare(unfinished, book)
        let agrees = contracts.allSatisfy { $0.difference == 0 } && orders.isEmpty
        return ReconcileView(agrees: agrees, contracts: contracts, orders: orders, choices: agrees ? [] : choices(contracts, orders))
    }

    private static func compare(_ live: [PositionRecord], _ held: [BrokerPosition]) -> [Contract] {
        var (records, broker): ([String: Int64], [String: Int64]) = ([:], [:])
        for position in live { position.addUnits(to: &records) }
        for position in held { broker[position.symbol, default: 0] &+= position.netUnits }
        return Set(records.keys).union(broker.keys).sorted().compactMap { symbol in
            let (ours, theirs) = (records[symbol] ?? 0, broker[symbol] ?? 0)
            guard ours != 0 || theirs != 0 else { return nil }
            return Contract(symbol: symbol, records: ours, broker: theirs, difference: theirs &- ours)
        }
    }

    private static func compare(_ unfinished: [OrderRecord], _ book: [OrderReport]) -> [Order] {
        let ours = unfinished.compactMap { order -> Order? in
            let report = book.first { $0.tag == order.tag }
            let isAgreed = report.map { !$0.state.isTerminal && order.state == .working } ?? (order.state == .planned)
            guard !isAgreed else { return nil }
            return Order(
                tag: order.tag.text, brokerOrder: report?.orderID.text, symbol: order.symbol, records: order.state.rawValue,
                broker: report?.state.rawValue)
        }
        let known = Set(unfinished.map(\.tag))
        let theirs = book.filter { report in !report.state.isTerminal && !(report.tag.map(known.contains) ?? false) }
        return ours
            + theirs.map {
                Order(tag: $0.tag?.text, brokerOrder: $0.orderID.text, symbol: $0.symbol, records: nil, broker: $0.state.rawValue)
            }
    }

    private static func choices(_ contracts: [Contract], _ orders: [Order]) -> [String] {
        var choices: [String] = []
        if !orders.isEmpty {
            choices.append("orders in flight settle by themselves while the host runs: wait a moment and reconcile again")
        }
        for contract in contracts where contract.difference != 0 {
            let side = contract.difference > 0 ? "sell" : "buy"
            choices.append(
                "\(contract.symbol): when the records are right, \(side) \(contract.difference.magnitude) units by hand at the broker")
            choices.append(
                "\(contract.symbol): when the broker is right, book what was done there with POST /manual-exit, so that the records follow")
        }
        if contracts.contains(where: { $0.difference != 0 }) {
            choices.append("a frozen instrument takes entries again after POST /scopes/INSTRUMENT/unfreeze, once both agree")
        }
        return choices
    }
}
