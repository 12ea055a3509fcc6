import MunimKit

/// A row with a column of every type, optional and not, and keys of every kind.
struct SampleRecord: Record {
    var id: String
    var label: String
    var state: SampleState
    /// Unique among rows that are open or closing.
    var slot: String?
    /// Unique among all rows that have one.
    var code: String?
    var rank: Int64
    var isMarked = false
    var price: Price = .zero
    var bytes: [UInt8] = []
    var document: Stored<SampleDocument>
    var note: String?
    var optionalRank: Int64?
    var optionalFlag: Bool?
    var optionalPrice: Price?
    var optionalAt: Instant?
    var optionalDay: TradingDay?
    var optionalBytes: [UInt8]?
    var optionalDocument: Stored<SampleDocument>?
    var version: Int64 = 1

    static let table = Table(
        "samples",
        columns: [
            Column("id", .text), Column("label", .text), Column("state", .text), Column("slot", .text, optional: true),
            Column("code", .text, optional: true), Column("rank", .integer), Column("is_marked", .boolean),
            Column("price", .decimal(scale: 4)), Column("bytes", .bytes), Column("document", .document),
            Column("note", .text, optional: true), Column("optional_rank", .integer, optional: true),
            Column("optional_flag", .boolean, optional: true), Column("optional_price", .decimal(scale: 4), optional: true),
            Column("optional_at", .instant, optional: true), Column("optional_day", .day, optional: true),
            Column("optional_bytes", .bytes, optional: true), Column("optional_document", .document, optional: true),
            Column("version", .integer),
        ],
        primaryKey: ["id"],
        uniqueKeys: [
            UniqueKey(["code"]),
            UniqueKey(["label", "slot"], where: KeyCondition("state", in: [.text("open"), .text("closing")])),
        ],
        indexes: [["label"], ["label", "state"], ["rank"]], versionColumn: "version")

    init(
        _ id: String, label: String = "A", state: SampleState = .open, slot: String? = nil, code: String? = nil, rank: Int64 = 0,
        note: String? = nil
    ) {
        self.id = id
        self.label = label
        self.state = state
        self.slot = slot
        self.code = code
        self.rank = rank
        self.note = note
        document = Stored(SampleDocument())
    }

    var values: [Value] {
        [
            id.column, label.column, state.column, slot.column, code.column, rank.column, isMarked.column, price.column, bytes.column,
            document.column, note.column, optionalRank.column, optionalFlag.column, optionalPrice.column, optionalAt.column,
            optionalDay.column, optionalBytes.column, optionalDocument.column, version.column,
        ]
    }

    init(_ row: Row) throws(StorageError) {
        id = try row.read("id")
        label = try row.read("label")
        state = try row.read("state")
        slot = try row.read("slot")
        code = try row.read("code")
        rank = try row.read("rank")
        isMarked = try row.read("is_marked")
        price = try row.read("price")
        bytes = try row.read("bytes")
        document = try row.read("document")
        note = try row.read("note")
        optionalRank = try row.read("optional_rank")
        optionalFlag = try row.read("optional_flag")
        optionalPrice = try row.read("optional_price")
        optionalAt = try row.read("optional_at")
        optionalDay = try row.read("optional_day")
        optionalBytes = try row.read("optional_bytes")
        optionalDocument = try row.read("optional_document")
        version = try row.read("version")
    }

    /// The record one version later, changed.
    func next(_ change: (inout SampleRecord) -> Void = { _ in }) -> SampleRecord {
        var record = self
        change(&record)
        record.version += 1
        return record
    }
}

/// A closed set of states.
enum SampleState: String, StoredName {
    case open, closing, closed
}

/// Something structured.
struct SampleDocument: Codable, Hashable, Sendable {
    var name = "plain"
    var price = Price(whole: 52_000)
    var list: [String] = []
    var at: Instant?
    var nested: [String: [Int64]] = [:]
}

/// A row without a version, known by two columns.
struct PairRecord: Record {
    var left: String
    var right: Int64
    var text: String

    static let table = Table(
        "pairs", columns: [Column("left", .text), Column("right", .integer), Column("text", .text)], primaryKey: ["left", "right"])

    init(_ left: String, _ right: Int64, _ text: String = "") {
        self.left = left
        self.right = right
        self.text = text
    }

    var values: [Value] { [left.column, right.column, text.column] }

    init(_ row: Row) throws(StorageError) {
        left = try row.read("left")
        right = try row.read("right")
        text = try row.read("text")
    }
}
