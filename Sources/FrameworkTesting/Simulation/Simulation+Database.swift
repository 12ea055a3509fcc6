import MunimKit

/// A question or a commit on its way to the database.
struct DatabaseCall {
    enum Request {
        case commit(Transaction)
        case admit(Message)
        case contradict(ConflictRecord, Message)
        case readLease
        case claim(LeaseRecord, isFirst: Bool)
        case load
        case findWaiting
        case ask(CommandRecord)
    }

    let request: Request
    let process: Int
    let life: Int
    let generation: Int?
    /// Whether nobody waits for the answer any more.
    var isForgotten = false
    /// The database that was asked.
    var database = 0
}

/// What a connection that comes and goes does to a commit.
private enum Flap: CaseIterable {
    case answerLost, requestLost, serialization

    var error: StorageError {
        switch self {
        case .answerLost: .uncertain("the connection ended during the commit, once more")
        case .requestLost: .uncertain("the connection ended, and nobody knows whether before the commit")
        case .serialization: .conflict(write: 0, reason: "could not serialize on the new connection")
        }
    }
}

/// The database: transactions as values, applied whole in the order in which they arrive, with everything that can happen on the way.
extension Simulation {
    func call(_ request: DatabaseCall.Request, from index: Int, inGeneration: Bool = false, after wait: Span = .zero) {
        let call = DatabaseCall(
            request: request, process: index, life: processes[index].life, generation: inGeneration ? processes[index].generation : nil,
            database: databaseNumber)
        schedule.add(.database(call), at: now + wait + (happens(.databaseSlow) ? chance.span(50, 2_500) : chance.span(0, 2)))
    }

    func reach(_ call: DatabaseCall) async {
        guard reaches(call) else { return }
        if call.isForgotten { return land(call) }
        if isCutFromDatabase(call.process) { return lose(call) }
        switch call.request {
        case .commit(let transaction): answer(call, .input(.committed(commit(transaction, of: call))))
        case .admit(let message):
            if processes[call.process].life != call.life || !processes[call.process].isUp {
                untold[message.record.fingerprint, default: []].insert("door")
            }
            answer(call, .inboxAnswered(message, admit(message)))
        case .contradict(let record, let message): answer(call, .contradicted(message, record, isKept: keep(record)))
        case .readLease:
            let lease = rows().row(LeaseRecord.self, "account")
            answer(call, .input(isDatabaseDown ? .leaseUnread : .leaseRead(lease)))
        case .claim(let lease, let isFirst): answer(call, .input(.claimed(claim(lease, isFirst: isFirst, call))))
        case .load: await load(call)
        case .findWaiting:
            let rows = rows()
            let waiting =
                isDatabaseDown
                ? WaitingRows() : WaitingRows(signals: rows.matching(.undecided), commands: rows.matching(.waiting))
            answer(call, .input(.found(waiting)))
        case .ask(let record): if keep(record) { tell(record) }
        }
    }

    private func answer(_ call: DatabaseCall, _ work: SimulatedProcess.Work) {
        add(
            .process(call.process, life: call.life, generation: call.generation, work),
            after: happens(.databaseSlow) ? chance.span(50, 2_500) : chance.span(0, 2))
    }

    /// Applies a transaction, or says why not; an answer that is lost is an unknown outcome.
    func commit(_ transaction: Transaction, of call: DatabaseCall) -> StorageError? {
        guard canStore else {
            oracle.isReadableSince = now
            return .unavailable("the database is down or full")
        }
        enter(transaction)
        let flap = flap()
        if flap != nil { oracle.waits.flapped(at: now) }
        if let flap, flap != .answerLost { return flap.error }
        if happens(.commitLost) { return .unavailable("the connection ended before the commit") }
        if happens(.commitConflict) { return .conflict(write: 0, reason: "could not serialize") }
        defer { storm = max(0, storm - 1) }
        // Troubles come together.
        if storm > 0, mix.rate(.commitConflict) > 0, isSafe, chance.happens(300), isOnTape(.commitConflict) {
            note(.commitConflict)
            return .conflict(write: 0, reason: "could not serialize again")
        }
        do throws(StorageError) {
            _ = try store.commit(transaction)
        } catch {
            if let lease = store.row(LeaseRecord.self, "account"),
                lease.holder != SimulatedProcess.incarnation(call.process, life: call.life)
            {
                mark(.c29)
            }
            say("the database refuses: \(error)")
            oracle.couldNotCommit(transaction, by: SimulatedProcess.incarnation(call.process, life: call.life), store, error)
            return error
        }
        trace(5, "commit", transaction.writes.count)
        trail += RunEvidence.trail(of: transaction)
        for write in transaction.writes {
            guard let order = write.record as? OrderRecord, order.state == .rejected else { continue }
            oracle.refused(order, broker)
        }
        oracle.committed(transaction, by: SimulatedProcess.incarnation(call.process, life: call.life), store, at: now)
        if let flap { return flap.error }
        guard happens(.commitUnanswered) else { return nil }
        storm = 3
        return .uncertain("the connection ended during the commit")
    }

    /// How a flapping connection spoils the next commit; nil when it does not.
    private func flap() -> Flap? {
        if flaps == 0, happens(.databaseFlaps) {
            flaps = 2 + later.below(5)
            // It begins with a commit more often than between two.
            if later.happens(600) { return .answerLost }
        }
        guard flaps > 0 else { return nil }
        flaps -= 1
        return later.happens(800) ? later.pick(Flap.allCases) : nil
    }

    func admit(_ message: Message) -> SimulatedProcess.InboxAnswer {
        if !canStore || happens(.commitLost) {
            return stage.policy.has(.answerBeforeCommit) ? .inserted(message.record) : .failed
        }
        var transaction = Transaction()
        transaction.insertIfAbsent(message.record)
        let isNew = (try? store.commit(transaction)) == [true]
        if isNew {
            trace(6, message.record.fingerprint.text)
            oracle.accepted(message.record, at: now)
            trail.append(message.record)
        }
        atDoor[message.number]?.isStored = true
        guard !happens(.commitUnanswered) else {
            mark(.c3)
            return .failed
        }
        return isNew || stage.policy.has(.resendTakenForNew)
            ? .inserted(message.record) : .known(store.row(SignalRecord.self, message.record.fingerprint))
    }

    /// Keeps a message that contradicts a stored one; false when the database does not take it.
    private func keep(_ record: ConflictRecord) -> Bool {
        var transaction = Transaction()
        transaction.insertIfAbsent(record)
        return canStore && (try? store.commit(transaction)) != nil
    }

    /// Keeps a command; false when the database does not take it, so that the person asks again or lets it be.
    func keep(_ record: CommandRecord) -> Bool {
        var transaction = Transaction()
        transaction.insertIfAbsent(record)
        guard canStore, (try? store.commit(transaction)) == [true] else { return false }
        oracle.asked(record)
        return true
    }

    /// Half of the time whoever decides is told; else it is found.
    private func tell(_ record: CommandRecord) {
        guard later.happens(500), let index = processes.indices.first(where: { processes[$0].decides }) else { return }
        later(index, .input(.event(.commanded(record))), after: .milliseconds(1), inGeneration: true)
    }

    func claim(_ lease: LeaseRecord, isFirst: Bool, _ call: DatabaseCall) -> LeaseRecord? {
        var transaction = Transaction()
        if isFirst { transaction.insert(lease) } else { transaction.update(lease) }
        return commit(transaction, of: call) == nil ? lease : nil
    }

    private func load(_ call: DatabaseCall) async {
        let rows = rows()
        guard !isDatabaseDown,
            let snapshot = try? await Snapshot.read(
                from: ModelRecords(rows), instruments: stage.tradedInstruments.map(\.name), at: wall(call.process),
                entryMemory: stage.policy.entryMemory)
        else { return answer(call, .input(.unloaded)) }
        answer(call, .input(.loaded(snapshot, lease: rows.row(LeaseRecord.self, "account"))))
    }
}
