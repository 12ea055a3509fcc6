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
extension CommandRecord: Versioned {}

/// A record in memory together with whether it still has to be written.
///
/// The record lies in an array of one, which copies share until one of them changes it: records have dozens of texts, and a machine that is copied
/// for every batch would copy them all.
@dynamicMemberLookup
struct Tracked<R: Versioned>: Sendable {
    private var box: [R]
    /// Whether storage has a row of it.
    private(set) var isStored: Bool
    private(set) var isDirty: Bool

    /// A record read from storage.
    init(stored record: R) {
        box = [record]
        isStored = true
        isDirty = false
    }

    /// A record that storage does not have yet; it is written only when `isDirty` or changed.
    init(new record: R, isDirty: Bool = true) {
        box = [record]
        isStored = false
        self.isDirty = isDirty
    }

    var record: R {
        _read { yield box[0] }
    }

    /// Reads and changes fields; a change makes the record dirty.
    subscript<V>(dynamicMember path: WritableKeyPath<R, V>) -> V {
        get { box[0][keyPath: path] }
        set {
            box[0][keyPath: path] = newValue
            isDirty = true
        }
    }

    /// Adds the pending write, if there is one, and counts the version up.
    mutating func flush(into transaction: inout Transaction) {
        guard isDirty else { return }
        if isStored {
            box[0].version += 1
            transaction.update(box[0])
        } else {
            transaction.insert(box[0])
            isStored = true
        }
        isDirty = false
    }
}
