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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<LeaseRecord> = [
        Field("name", \.name), Field("holder", \.holder), Field("epoch", \.epoch), Field("taken_at", \.takenAt),
    ]

    /// The table `lease`: one row per account.
    public static let table = Table("lease", fields, primaryKey: ["name"], versionColumn: "epoch")

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
}
