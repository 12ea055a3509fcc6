/// A record with a version that rises by one per commit.
protocol Versioned: Record {
    var version: Int64 { get set }
}

extension SignalRecord: Versioned {}
extension IntentRecord: Versioned {}
extension OrderRecord: Versioned {}
extension PositionRecord: Versioned {}
extension PortfolioRecord: Versioned {}
extension ScopeRecord: Versioned {}
extension PyramidingRecord: Versioned {}
extension SwitchRecord: Versioned {}

/// A record in memory together with whether it still has to be written.
@dynamicMemberLookup
struct Tracked<R: Versioned>: Sendable {
    private(set) var record: R
    private var isStored: Bool
    private(set) var isDirty: Bool

    /// A record read from storage.
    init(stored record: R) {
        self.record = record
        isStored = true
        isDirty = false
    }

    /// A record that storage does not have yet; it is written only when `isDirty` or changed.
    init(new record: R, isDirty: Bool = true) {
        self.record = record
        isStored = false
        self.isDirty = isDirty
    }

    /// Reads and changes fields; a change makes the record dirty.
    subscript<V>(dynamicMember path: WritableKeyPath<R, V>) -> V {
        get { record[keyPath: path] }
        set {
            record[keyPath: path] = newValue
            isDirty = true
        }
    }

    /// Adds the pending write, if there is one, and counts the version up.
    mutating func flush(into transaction: inout Transaction) {
        guard isDirty else { return }
        if isStored {
            record.version += 1
            transaction.update(record)
        } else {
            transaction.insert(record)
            isStored = true
        }
        isDirty = false
    }
}
