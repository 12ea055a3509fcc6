/// One time of deciding for an account, and what is known of the processes before it.
public struct Epoch: Hashable, Codable, Sendable {
    /// Counts who decided for the account; 1 where one process runs alone.
    public var number: Int64
    /// Whether every earlier process is proven to have ended, so that no order of theirs can still leave.
    public var othersHaveEnded: Bool
    /// The machine it runs on, by which times that earlier processes of it recorded compare; nil where it does not tell.
    public var machine: MachineTime?

    /// Alone, as with storage that one process locks, unless said otherwise.
    public init(number: Int64 = 1, othersHaveEnded: Bool = true, machine: MachineTime? = nil) {
        self.machine = machine
        self.number = number
        self.othersHaveEnded = othersHaveEnded
    }
}

/// The machine that decides: events in, effects out. It reads no clock, draws no randomness and waits for nothing.
///
/// One value per account. The shell hands it events one at a time, commits what it returns, and only then performs the other effects; when the
/// commit fails, the shell goes back to the value from before. The transitions are those of the protocol's sections on deciding, sending, resolving,
/// settling and rolling; each file of this folder holds one of them.
public struct Core: Sendable {
    let policy: Policy
    let broker: BrokerTraits
    let incarnation: Incarnation
    let epoch: Epoch
    var portfolio: Tracked<PortfolioRecord>
    var tradingSwitch: Tracked<SwitchRecord>
    var scopes: SortedMap<InstrumentName, Scope>
    /// Live positions of all scopes.
    var openExposure = ExposureSum()
    /// Decisions in flight of all scopes.
    var inFlightExposure = ExposureSum()
    /// What people ask for and is not answered, in the order in which it was asked for.
    var commands: [Tracked<CommandRecord>] = []
    var limiter: OrderLimiter
    var auditCount: Int64 = 0
    var alertCount: Int64 = 0
    /// Whether the broker's book was read since the start; before that nothing is decided or sent.
    var hasRecovered = false
    /// Whether the process is about to end.
    var isStopping = false
    var isReadingBook = false
    var isReadingPositions = false
    /// The book alarm that is out, so that only one is.
    var nextBookAlarm: Instant?
    /// The alarm for another read of the positions, so that only one is out.
    var nextPositionsAlarm: Instant?
    /// When this machine began to decide: what other processes did lies before it, whatever their clocks say.
    var bornAt: Instant
    /// The entry or bar of an earlier process that is being decided on record; nil while none is.
    var underExamination: Examined?
    /// What the broker last said that the account holds.
    var figure: AccountFigure
    /// Differences between books and broker of which people were told; only looked up, never walked.
    var toldDifferences: [String: Difference] = [:]
    /// Since when no reading of a contract fits what our orders explain; only looked up, never walked.
    var unexplainedSince: [String: Instant] = [:]
    /// The exchange's day, to notice the next one.
    var day: TradingDay
    /// The last day on which the broker's book is known to hold an order of ours: an empty book of that day is no evidence.
    var dayOfLastOrder: TradingDay?
    /// When its rows were read. A look at the book that began before is counted in them, if it was evidence.
    let loadedAt: Instant
    /// Keys of capital movements that were booked, so that a repeated request is answered, not booked.
    var capitalKeys: Set<String> = []
    /// The machines of processes that sent what is not resolved; only looked up, never walked.
    var machines: [Incarnation: MachineTime] = [:]
    /// Moves that cannot be, of which people were told; only looked up, never walked.
    var toldRefused: Set<String> = []
    /// Where a tag's order is; only looked up, never walked.
    var scopeOfTag: [Tag: InstrumentName] = [:]
    /// Where an order is watched that ended unfilled; only looked up, never walked.
    var scopeOfWatchedTag: [Tag: InstrumentName] = [:]
    /// Tags whose orders were leaving when the rows were read anew, until that is dealt with; only looked up, never walked.
    var tagsInCall: Set<Tag>?
    /// What was posted for orders that are over.
    var settledFills = SettledFills()
    /// Tags of sent orders whose intents are over, but for those that are watched: what the broker's book says of them changes nothing.
    var endedTags = EndedTags()

    /// A machine for an account without any records.
    public init(
        policy: Policy, broker: BrokerTraits, tradedInstruments: [TradedInstrument], incarnation: Incarnation, epoch: Epoch = Epoch(),
        at: Instant
    ) {
        self.policy = policy
        self.broker = broker
        self.incarnation = incarnation
        self.epoch = epoch
        portfolio = Tracked(new: PortfolioRecord(at: at), isDirty: false)
        tradingSwitch = Tracked(
            new: SwitchRecord(name: Self.tradingSwitchName, isThrown: false, reason: "", changedBy: "", changedAt: at), isDirty: false)
        scopes = SortedMap()
        bornAt = at
        loadedAt = at
        figure = AccountFigure(lag: policy.pollInterval, at: at)
        day = TradingDay(of: at)
        limiter = OrderLimiter(rate: broker.rate, reserved: policy.reservedRate)
        for traded in tradedInstruments { scopes[traded.name] = Scope(traded: traded, at: at) }
    }

    /// The name of the switch that stops everything that increases risk.
    public static let tradingSwitchName = "trading"

    /// Whether the broker's book was compared since the start, so that decisions are taken.
    public var isReady: Bool { hasRecovered }

    /// Goes back to before a batch whose commit failed. Numbers of its trail are not used again, because the commit may have happened after all.
    public mutating func rollBack(to earlier: Core) {
        let (audits, alerts, left) = (auditCount, alertCount, figure)
        self = earlier
        figure.noteLost(from: left)
        auditCount = audits
        alertCount = alerts
    }

    /// Takes one event and says what is to be done.
    public mutating func handle(_ stimulus: Stimulus) -> [Effect] {
        var transition = Transition(stimulus, incarnation: incarnation)
        switch stimulus.event {
        case .started: start(&transition)
        case .reloaded: resume(&transition)
        case .stopping:
            isStopping = true
            endExaminations(&transition)
        case .signal(let record): accept(record, &transition)
        case .surveyed(let survey): conclude(survey, &transition)
        case .placed(let tag, let outcome): classify(tag, outcome, &transition)
        case .cancelAnswered(let tag, let outcome): noteCancel(tag, outcome, &transition)
        case .reported(let report): apply(report, &transition)
        case .bookRead(let reading): compare(reading, &transition)
        case .positionsRead(let reading): compare(reading, &transition)
        case .woke(let alarm): wake(alarm, &transition)
        case .commanded(let record): accept(record, &transition)
        case .putAside(let what):
            alert(
                .critical, "write_refused", nil,
                "The records refuse each time what follows from \(what). Others go on, it is tried again later; a person must look.",
                &transition)
        }
        return close(&transition)
    }

    private mutating func close(_ transition: inout Transition) -> [Effect] {
        refreshPortfolio(transition.touched, at: transition.at)
        checkInvariants(transition.touched)
        var transaction = Transaction()
        tradingSwitch.flush(into: &transaction)
        if !commands.isEmpty { flushCommands(into: &transaction) }
        portfolio.flush(into: &transaction)
        for name in transition.touched {
            scopes.change(name) { $0.flush(into: &transaction) }
        }
        transaction.append(transition.transaction)
        return transaction.isEmpty ? transition.effects : [.commit(transaction)] + transition.effects
    }

    // MARK: - What every transition uses

    /// Changes a scope; nil without a call when no instrument has the name.
    ///
    /// The scope is taken out meanwhile, so that none of its lists is copied: transitions see the other scopes in the machine and this one in their hands.
    @discardableResult
    mutating func change<Result>(
        _ name: InstrumentName, _ transition: inout Transition, _ change: (inout Core, inout Scope, inout Transition) -> Result
    ) -> Result? {
        guard var scope = scopes.take(name) else { return nil }
        let result = change(&self, &scope, &transition)
        freezeRefused(&scope, &transition)
        count(&scope)
        scopes[name] = scope
        transition.touch(name)
        return result
    }

    mutating func audit(
        _ entity: String, _ id: some CustomStringConvertible, from: String, to: String, cause: @autoclosure () -> String,
        _ transition: inout Transition
    ) {
        guard policy.keepsTrail else { return }
        auditCount += 1
        transition.insert(
            AuditRecord(
                id: "\(incarnation)-\(policy.has(.trailWithoutEpoch) ? 0 : epoch.number)-\(auditCount)", entity: entity,
                entityID: id.description, from: from, to: to,
                cause: cause(),
                incarnation: incarnation, epoch: epoch.number, at: transition.at))
    }

    mutating func alert(
        _ severity: Severity, _ code: String, _ instrument: InstrumentName?, _ message: String, _ transition: inout Transition
    ) {
        alertCount += 1
        let alert = Alert(
            id: "\(incarnation)-\(epoch.number)-\(alertCount)", severity: severity, code: code, message: message, instrument: instrument,
            at: transition.at)
        transition.insert(OutboxRecord(alert))
        transition.perform(.alert(alert))
    }

    /// Recomputes the account's exposure when a position may have changed.
    private mutating func refreshPortfolio(_ touched: [InstrumentName], at: Instant) {
        guard !touched.isEmpty else { return }
        let exposure = self.exposure
        if portfolio.record.totalRisk != exposure.risk, !policy.has(.riskNotRefreshed) { portfolio.totalRisk = exposure.risk }
        if portfolio.record.totalVolatility != exposure.volatility { portfolio.totalVolatility = exposure.volatility }
        if portfolio.record.marginUsed != exposure.margin { portfolio.marginUsed = exposure.margin }
        if portfolio.isDirty { portfolio.updatedAt = at }
    }

    /// Whether an order of a process could still leave: of this one, and of others unless they are proven to have ended.
    func mayStillSend(_ sender: Incarnation?) -> Bool { sender == incarnation || !epoch.othersHaveEnded }

    /// I14, I16 and I17 where they are cheap; a breach ends the process, because going on is worse.
    private mutating func checkInvariants(_ touched: [InstrumentName]) {
        precondition(portfolio.record.version >= 1, "I16: a version starts at 1")
        for name in touched { scopes.change(name) { $0.checkInvariants() } }
    }
}
