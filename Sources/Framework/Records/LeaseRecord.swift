/// Who may decide for an account: the judge between processes, whatever a lease service says.
///
/// Every commit of a decider demands this row with its own epoch, so that one that was replaced changes nothing.
public struct LeaseRecord: Record {
    /// What it is for; the key.
    public var name: String
    /// The process that may decide.
    public var holder: Incarnation
    /// Rises by one with each change of holder, from 1; also the optimistic version of the row.
    public var epoch: Int64
    /// When the holder took it, by the holder's clock; for people.
    public var takenAt: Instant

    /// The table `lease`: one row per account.
    public static let table = Table(
        "lease",
        columns: [Column("name", .text), Column("holder", .text), Column("epoch", .integer), Column("taken_at", .instant)],
        primaryKey: ["name"], versionColumn: "epoch")

    /// A first holder.
    public init(name: String, holder: Incarnation, at: Instant) {
        self.name = name
        self.holder = holder
        epoch = 1
        takenAt = at
    }

    /// The row of the next holder.
    public func taken(by holder: Incarnation, at: Instant) -> LeaseRecord {
        var next = self
        next.holder = holder
        next.epoch += 1
        next.takenAt = at
        return next
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] { [name.column, holder.column, epoch.column, takenAt.column] }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        name = try row.read("name")
        holder = try row.read("holder")
        epoch = try row.read("epoch")
        takenAt = try row.read("taken_at")
    }
}
