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

    static let fields: Fields<SampleRecord> = [
        Field("id", \.id), Field("label", \.label), Field("state", \.state), Field("slot", \.slot), Field("code", \.code),
        Field("rank", \.rank), Field("is_marked", \.isMarked), Field("price", \.price), Field("bytes", \.bytes),
        Field("document", \.document), Field("note", \.note), Field("optional_rank", \.optionalRank),
        Field("optional_flag", \.optionalFlag), Field("optional_price", \.optionalPrice), Field("optional_at", \.optionalAt),
        Field("optional_day", \.optionalDay), Field("optional_bytes", \.optionalBytes), Field("optional_document", \.optionalDocument),
        Field("version", \.version),
    ]

    static let table = Table(
        "samples", fields, primaryKey: ["id"],
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
struct SampleDocument: DocumentContent {
    var name = "plain"
    var price = Price(whole: 52_000)
    var list: [String] = []
    var at: Instant?
    var nested: [String: [Int64]] = [:]

    func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("at", at)
            document.member("list", list)
            document.member("name", name)
            document.member("nested", nested)
            document.member("price", price)
        }
    }
}

/// A row without a version, known by two columns.
struct PairRecord: Record {
    var left: String
    var right: Int64
    var text: String

    static let fields: Fields<PairRecord> = [
        Field("left", \.left), Field("right", \.right), Field("text", \.text),
    ]

    static let table = Table("pairs", fields, primaryKey: ["left", "right"])

    init(_ left: String, _ right: Int64, _ text: String = "") {
        self.left = left
        self.right = right
        self.text = text
    }
}
