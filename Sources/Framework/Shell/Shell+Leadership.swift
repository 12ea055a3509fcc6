/// Who decides: asked for by lease, made right by an epoch in storage, given up before the lease ends.
extension Shell {
    /// What is to be done when the process begins.
    public func start() -> [Request] {
        [parts.isAlone ? .load(after: .zero) : .wake(.campaign, after: .zero)] + (parts.sweep.map { [.wake(.sweep, after: $0)] } ?? [])
    }

    mutating func lead(_ input: Input, at now: Moment) -> [Request] {
        guard var leadership else { return [] }
        let effects: [Leadership.Effect]
        switch input {
        case .campaigned:
            // Who is asked to end goes on as the one who decides, but does not begin to.
            effects = !isStopping || leadership.lease != nil ? leadership.woke(at: now.boot) : []
            self.leadership = leadership
            return follow(effects) + [.wake(.campaign, after: leadership.interval)]
        case .leaseAnswered(let isGranted, let askedAt):
            effects = leadership.answered(isGranted: isGranted, askedAt: askedAt, at: now.boot)
        case .leaseRead(let lease): return claim(after: lease, at: now)
        case .leaseUnread: return conclude(claim: nil, at: now)
        case .claimed(let lease): return conclude(claim: lease, at: now)
        default: return []
        }
        self.leadership = leadership
        return follow(effects)
    }

    private mutating func follow(_ effects: [Leadership.Effect]) -> [Request] {
        var requests: [Request] = []
        for effect in effects {
            switch effect {
            case .ask: requests.append(.askForLease)
            case .claim: requests.append(.readLease(after: .milliseconds(10 * min(50, claims))))
            case .begin: requests.append(.load(after: .zero))
            case .retire: requests += retire()
            }
        }
        return requests
    }

    /// The rows must be read anew, in the next epoch.
    mutating func doubt() -> [Request] { follow(leadership?.doubted() ?? []) }

    private mutating func claim(after lease: LeaseRecord?, at now: Moment) -> [Request] {
        let claimant = parts.incarnation
        if case .reading = hold, lease?.holder != claimant { return follow(leadership?.overruled() ?? []) }
        let next = lease?.taken(by: claimant, at: now.wall) ?? LeaseRecord(name: Self.lease, holder: claimant, at: now.wall)
        return [.claim(next, isFirst: lease == nil)]
    }

    /// The name of the lease that decides for the account.
    public static let lease = "account"

    /// The more claims fail, the longer the next one waits.
    private mutating func conclude(claim lease: LeaseRecord?, at now: Moment) -> [Request] {
        claims = lease == nil ? claims + 1 : 0
        return follow(leadership?.claimed(lease, at: now.boot) ?? [])
    }

    /// The rows could not be read: they are asked for again as long as this process is to decide.
    func loadAgain() -> [Request] {
        guard let leadership else { return [.load(after: .milliseconds(200))] }
        return leadership.lease == nil ? [] : [.load(after: .zero)]
    }

    /// Begins to decide from rows, or goes on after they were read anew.
    mutating func begin(from snapshot: Snapshot, _ row: LeaseRecord?, at now: Moment) -> [Request] {
        guard let leadership else { return begin(from: snapshot, epoch: 1, at: now) }
        guard let lease = leadership.lease else { return [] }
        guard row == lease else {
            // Rows from before this epoch are a replica's: they are read again.
            let isOld = row.map { $0.epoch < lease.epoch } ?? true
            return isOld ? [.load(after: .zero)] : follow(self.leadership?.overruled() ?? [])
        }
        return begin(from: snapshot, epoch: lease.epoch, at: now)
    }

    private mutating func begin(from snapshot: Snapshot, epoch: Int64, at now: Moment) -> [Request] {
        var next = Core(
            policy: parts.policy, broker: parts.broker, tradedInstruments: parts.tradedInstruments, incarnation: parts.incarnation,
            epoch: Epoch(number: epoch, othersHaveEnded: parts.othersHaveEnded, machine: parts.machine), snapshot: snapshot, at: now.wall)
        // What was told meanwhile and is among the rows is decided from them, once.
        handed = HandedEvents(
            snapshot.signals.map { .signal($0.fingerprint) } + snapshot.commands.map { .command($0.id) })
        mailbox = mailbox.filter { event in !event.mayBeToldAgain || handed.insert(event.subject) }
        viewKeeping = ViewKeeping(snapshot, known: Set(parts.tradedInstruments.map(\.name)))
        guard case .reading(let waiting) = hold else {
            core = next
            journal = Journal()
            publish()
            mailbox.insert(.started, at: 0)
            return [.noteEpoch(epoch, isAnew: false)]
        }
        if let previous = core { next.restore(from: previous) }
        core = next
        journal = Journal()
        hold = nil
        publish()
        mailbox.insert(contentsOf: [.reloaded] + waiting, at: 0)
        return [.noteEpoch(epoch, isAnew: true)]
    }

    /// Forgets what belongs to deciding.
    mutating func retire() -> [Request] {
        core = nil
        view = nil
        journal = Journal()
        generation += 1
        mailbox = []
        handed = HandedEvents()
        hold = nil
        refused = RefusedEvents()
        failures = 0
        claims = 0
        storageFailure = nil
        isReady = false
        return [.noteRetirement]
    }
}
