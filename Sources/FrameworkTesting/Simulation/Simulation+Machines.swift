import MunimKit

/// What happens to single machines, their clocks and their lines, and what people do to processes.
extension Simulation {
    func chooseFaultOfMachines() {
        guard !Fault.machines.allSatisfy({ mix.rate($0) == 0 }) else { return }
        let index = machines.below(processes.count)
        if happens(.databaseFull) {
            fullUntil = now + machines.span(200, 30_000)
            if hasOrdersOut { mark(.c39) }
        }
        if happens(.databaseCut) {
            processes[index].databaseCutUntil = now + machines.span(200, 20_000)
            if processes[index].decides, hasOrdersOut { mark(.c33) }
        }
        if happens(.brokerCut) {
            processes[index].brokerCutUntil = now + machines.span(200, 30_000)
            if processes[index].decides, hasOrdersOut { mark(.c34) }
        }
        if happens(.sessionEnded) {
            sessionEndedUntil = now + machines.span(1_000, 40_000)
            if hasOrdersOut { mark(.c35) }
        }
        if happens(.processStopped) { stop(machines.pick(processes.indices.filter { processes[$0].decides } + [index])) }
        if mix.rate(.replicaRead) > 0, machines.happens(300) { replica = store }
    }

    // MARK: - Processes

    /// Something that it needs refuses to work with it: it ends, and whoever watches over it starts it again.
    func refuseStart(_ index: Int) {
        say("I\(index + 1) refuses to start")
        add(.start(index), after: machines.span(500, 10_000))
    }

    /// Asks a process to end: what is in flight gets a while.
    private func stop(_ index: Int) {
        guard processes[index].isUp, !processes[index].isStopping else { return }
        if processes[index].decides, hasOrdersOut { mark(.c41) }
        say("\(processes[index].incarnation) is asked to end")
        processes[index].isStopping = true
        put(.stopping, at: index)
        later(index, .stopped, after: machines.span(5, 8_000))
    }

    /// The end of a process that was asked to: it gives back what it holds.
    func end(_ index: Int) {
        say("\(processes[index].incarnation) ends")
        leases.release("account", holder: processes[index].incarnation)
        processes[index].isUp = false
        processes[index].forget()
        add(.start(index), after: machines.span(100, 10_000))
    }

    // MARK: - Clocks

    /// The boot clock of a process.
    func boot(_ index: Int) -> Span {
        let elapsed = (now - processes[index].startedAt).microseconds
        return Span(microseconds: elapsed + elapsed * processes[index].drift / 1_000_000)
    }

    /// The wall clock of a process.
    func wall(_ index: Int) -> Instant { processes[index].startedAt + processes[index].skew + boot(index) }

    /// How long something takes that takes so long by the clocks of a process.
    func trueTime(of span: Span, at index: Int) -> Span {
        guard processes[index].drift != 0 else { return span }
        // Never too early.
        return Span(microseconds: span.microseconds - span.microseconds * processes[index].drift / 1_000_000 + 1_000)
    }

    // MARK: - Lines

    /// Whether the database takes commits.
    var canStore: Bool { !isDatabaseDown && !lasts(fullUntil) }

    /// Whether nobody has logged in at the broker.
    var isLoggedOut: Bool { lasts(sessionEndedUntil) }

    func isCutFromDatabase(_ index: Int) -> Bool { lasts(processes[index].databaseCutUntil) }

    func isCutFromBroker(_ index: Int) -> Bool { lasts(processes[index].brokerCutUntil) }

    private func lasts(_ end: Instant?) -> Bool { end.map { now < $0 } ?? false }

    /// The rows as a read finds them: now and then those of a replica that lags behind.
    func rows() -> ModelStore {
        guard let replica, happens(.replicaRead) else { return store }
        oracle.isReadableSince = now
        return replica
    }

    /// A commit that was on its way for longer than somebody waited for it.
    func land(_ call: DatabaseCall) {
        guard case .commit(let transaction) = call.request else { return }
        say("a commit of I\(call.process + 1)L\(call.life) lands late")
        _ = commit(transaction, of: call)
    }

    /// A call over a line that is cut: every other one still arrives, now or later, and none is answered.
    func lose(_ call: DatabaseCall) {
        let arrives = machines.happens(500)
        oracle.isReadableSince = now
        let wait = machines.span(50, 2_000)
        let work: SimulatedProcess.Work
        switch call.request {
        case .commit(let transaction):
            if arrives, machines.happens(500) {
                _ = commit(transaction, of: call)
            } else if arrives {
                var late = call
                late.isForgotten = true
                schedule.add(.database(late), at: now + wait + machines.span(0, 3_000))
            }
            work = .input(.committed(.uncertain("the line to the database is cut")))
        case .admit(let message):
            if arrives { _ = admit(message) }
            work = .inboxAnswered(message, .failed)
        case .contradict(let record, let message): work = .contradicted(message, record, isKept: false)
        case .ask(let record):
            if arrives { _ = keep(record) }
            return
        case .readLease: work = .input(.leaseUnread)
        case .claim(let lease, let isFirst):
            if arrives { _ = claim(lease, isFirst: isFirst, call) }
            work = .input(.claimed(nil))
        case .load: work = .input(.unloaded)
        case .findWaiting: work = .input(.found(WaitingRows()))
        }
        add(.process(call.process, life: call.life, generation: call.generation, work), after: wait)
    }
}
