public import MunimKit

/// What senders and people were answered, held against what is stored.
extension Oracle {
    /// I2: what the sender is told to be stored is stored.
    mutating func answered(_ message: Message, _ answer: SimulatedProcess.InboxAnswer, _ store: ModelStore) {
        if case .failed = answer { return }
        guard let stored = store.row(SignalRecord.self, message.record.fingerprint) else {
            return breach("I2", "signal \(message.record.fingerprint) was answered for and is not stored")
        }
        // I3: what was answered is stored as it was sent, or as a conflict.
        if case .inserted = answer, stored.signal != message.record.signal {
            breach("I3", "signal \(message.record.fingerprint) was taken and another is stored")
        }
    }

    /// The sender is told that another message of this identity was stored before.
    mutating func answered(with conflict: ConflictRecord) { conflicts.insert(conflict.id) }

    /// I3: what was answered and is not what was stored is kept as a conflict.
    func missingConflicts(_ store: ModelStore) -> [String] {
        conflicts.sorted().filter { store.row(ConflictRecord.self, $0) == nil }.map {
            "I3: the conflict \($0.prefix(8)) was answered for and is not stored"
        }
    }

    // MARK: - Capital

    /// A person asks for something.
    public mutating func asked(_ record: CommandRecord) {
        guard case .capital(let amount, _, let key) = record.command.content else { return }
        requests[record.id.text] = key
        amounts[key, default: []].insert(amount.units)
    }

    /// I15: a movement of capital that was acknowledged has one row, for an amount that was asked for.
    public mutating func answered(_ answer: OperatorAnswer) {
        guard answer.isDone, !tradedInstruments.isEmpty, let key = requests[answer.id] else { return }
        guard let booked = books.capital["capital:\(key)"] else { return breach("I15", "\(key) was acknowledged and is not in the ledger") }
        if amounts[key]?.contains(booked) != true { breach("I15", "\(key) moved \(booked) units of money, which nobody asked for") }
    }
}
