import MunimKit

/// A list of records, filtered, newest first, in parts.
///
/// A walk along `next` gives each row once, whatever is added meanwhile: the cursor remembers where the list began when the walk did.
struct ListRoute<R: Record, Item: DescribedAnswer>: Sendable {
    /// A parameter that selects the rows whose column equals it.
    struct Filter: Sendable {
        let field: RouteField
        let column: String

        init(_ name: String, _ kind: RouteValueKind, column: String, summary: String) {
            field = RouteField(name, kind, summary: summary)
            self.column = column
        }
    }

    let pattern: String
    let summary: String
    let filters: [Filter]
    /// The column that `from` and `to` look at.
    let time: String
    /// The column that grows with each row, and its value.
    let order: String
    let place: @Sendable (R) -> Int64
    /// The whole list, newest first, where it is at hand and storage need not be asked.
    var held: @Sendable (RouteCall) -> [R]? = { _ in nil }
    let view: @Sendable ([R]) async throws -> [Item]

    /// The route.
    func described(_ store: any RecordStore) -> RouteDescription {
        RouteDescription(
            method: .get, pattern: pattern, access: .readers, summary: summary, parameters: filters.map(\.field) + Paging.fields,
            responses: [200: .value(Page<Item>.self, "A part of the list.")]
        ) { call in .encoded(try await page(call, store)) }
    }

    private func page(_ call: RouteCall, _ store: any RecordStore) async throws -> Page<Item> {
        let paging = try Paging(call)
        var query = Query<R>(order: [.descending(order)], limit: paging.limit, offset: paging.offset)
        query.conditions = conditions(call)
        if let start = paging.start, start < .max { query.conditions.append(.less(order, .integer(start + 1))) }
        let (total, rows) = try await rows(call, query, from: paging.start, store)
        let end = paging.offset + rows.count
        var next: String?
        if !rows.isEmpty, end < total {
            var start = paging.start
            if start == nil { start = try await newest(rows, query, store) }
            next = start.map { Paging.cursor(start: $0, offset: end) }
        }
        return Page(items: try await view(rows), total: total, next: next)
    }

    private func rows(
        _ call: RouteCall, _ query: Query<R>, from start: Int64?, _ store: any RecordStore
    ) async throws -> (total: Int, rows: [R]) {
        guard let held = held(call) else { return (try await store.count(query), try await store.fetch(query)) }
        let rows = held.filter { row in start.map { place(row) <= $0 } ?? true }
        return (rows.count, Array(rows.dropFirst(query.offset).prefix(query.limit ?? rows.count)))
    }

    private func conditions(_ call: RouteCall) -> [Condition] {
        var conditions = filters.compactMap { filter in call.text(filter.field.name).map { Condition.equal(filter.column, .text($0)) } }
        if case .instant(let from) = call.values["from"] { conditions.append(.atLeast(time, from)) }
        if case .instant(let to) = call.values["to"] { conditions.append(.less(time, to)) }
        return conditions
    }

    /// The place of the newest row of the whole list.
    private func newest(_ rows: [R], _ query: Query<R>, _ store: any RecordStore) async throws -> Int64? {
        guard query.offset > 0 else { return rows.first.map(place) }
        var first = query
        first.offset = 0
        first.limit = 1
        return try await store.fetch(first).first.map(place)
    }
}

/// Which part of a list is asked for.
struct Paging: Sendable {
    /// The parameters of every list.
    static let fields = [
        RouteField("from", .instant, summary: "Only rows from this moment on."),
        RouteField("to", .instant, summary: "Only rows before this moment."),
        RouteField("limit", .number(1...200), whenMissing: .number(50), summary: "Rows of one part."),
        RouteField("offset", .number(0...1_000_000_000), summary: "Rows to pass over; not beside cursor."),
        RouteField("cursor", .text(longest: 48), summary: "The value of next in the part before."),
    ]

    let limit: Int
    let offset: Int
    /// The place of the row with which the list began.
    let start: Int64?

    init(_ call: RouteCall) throws(RouteRefusal) {
        limit = call.number("limit") ?? 50
        guard let cursor = call.text("cursor") else {
            offset = call.number("offset") ?? 0
            start = nil
            return
        }
        guard call.number("offset") == nil else { throw .badRequest(["offset: found beside cursor, expected one of them"]) }
        let parts = cursor.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Int64(parts[0]), let offset = Int(parts[1]), start >= 0, (0...1_000_000_000).contains(offset)
        else {
            throw .badRequest(["cursor: found \(Excerpt.quoted(cursor)), expected the value of next in an answer"])
        }
        self.start = start
        self.offset = offset
    }

    static func cursor(start: Int64, offset: Int) -> String { "\(start)-\(offset)" }
}
