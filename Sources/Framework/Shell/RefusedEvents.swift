/// Events whose writes met another state, so that one which always does cannot hold up the others.
///
/// After three refusals an event is handled in a batch of its own, which tells it from those that only came with it; after three more it is put aside for a
/// while, and people are told. It comes back, later each time: what an order led to must be written some day. What may close a position is never away
/// for longer than five seconds.
struct RefusedEvents: Sendable {
    private var refusals: [EventSubject: Int] = [:]
    private var aside: [EventSubject: Event] = [:]

    private static let triesTogether = 3
    private static let triesAlone = 3
    private static let longest = Span.minutes(5)
    private static let longestOfExits = Span.seconds(5)

    /// What is to be done with an event whose write was refused.
    enum Measure {
        case tryAgain
        /// Put aside for a while; `isNew` the first time.
        case putAside(EventSubject, for: Span, isNew: Bool)
    }

    /// Whether an event shares its batch with no other.
    func goesAlone(_ event: Event) -> Bool { !refusals.isEmpty && (refusals[event.subject] ?? 0) >= Self.triesTogether }

    /// The events of a batch are written.
    mutating func noteWritten(_ events: [Event]) {
        guard !refusals.isEmpty else { return }
        for event in events { refusals[event.subject] = nil }
    }

    /// The events of a batch met another state.
    mutating func noteRefused(_ events: [Event]) {
        for event in events { refusals[event.subject, default: 0] += 1 }
    }

    /// What to do with an event that is to be handled again.
    mutating func measure(for event: Event) -> Measure {
        let count = refusals[event.subject] ?? 0
        let limit = Self.triesTogether + Self.triesAlone
        guard count >= limit, event.canWait else { return .tryAgain }
        aside[event.subject] = event
        let pause = min(.seconds(1 << Int64(min(count - limit, 10))), event.mayClose ? Self.longestOfExits : Self.longest)
        return .putAside(event.subject, for: pause, isNew: count == limit)
    }

    /// An event whose pause is over.
    mutating func takeBack(_ subject: EventSubject) -> Event? { aside.removeValue(forKey: subject) }
}

/// What an event is about, the same for each time that it happens.
public enum EventSubject: Hashable, Sendable {
    /// The process itself.
    case process
    /// A signal that came.
    case signal(Fingerprint)
    /// A question to the market.
    case survey(Subject)
    /// An order of ours.
    case order(Tag)
    /// An order as the broker numbers it.
    case brokerOrder(BrokerOrderID)
    /// The broker's book.
    case book
    /// What the account holds.
    case positions
    /// A time.
    case alarm(Alarm)
    /// What a person asks for.
    case command(CommandID)
    /// An event that was put aside.
    case aside(String)
}

extension EventSubject: CustomStringConvertible {
    /// The subject in words.
    public var description: String {
        switch self {
        case .process: "the start"
        case .signal(let fingerprint): "signal \(fingerprint)"
        case .survey(.signal(let fingerprint, _)): "the decision on signal \(fingerprint)"
        case .survey(.roll(let position, _)): "the roll of \(position)"
        case .order(let tag): "order \(tag)"
        case .brokerOrder(let number): "the broker's order \(number)"
        case .book: "the broker's book"
        case .positions: "what the account holds"
        case .alarm(.scope(let name)), .alarm(.decide(let name)): "the next decision of \(name)"
        case .alarm: "what is due"
        case .command(let id): "request \(id)"
        case .aside(let what): what
        }
    }
}

extension Event {
    /// What the event is about.
    var subject: EventSubject {
        switch self {
        case .started, .reloaded, .stopping: .process
        case .signal(let record): .signal(record.fingerprint)
        case .surveyed(let survey): .survey(survey.subject)
        case .placed(let tag, _), .cancelAnswered(let tag, _): .order(tag)
        case .reported(let report): .brokerOrder(report.orderID)
        case .bookRead: .book
        case .positionsRead: .positions
        case .woke(let alarm): .alarm(alarm)
        case .commanded(let record): .command(record.id)
        case .putAside(let what): .aside(what)
        }
    }

    /// Whether others may be handled before it.
    fileprivate var canWait: Bool {
        switch self {
        case .started, .reloaded, .stopping: false
        default: true
        }
    }

    /// Whether a position may be closed by what follows from it.
    fileprivate var mayClose: Bool {
        switch self {
        case .signal(let record): record.signal.content.kind == .exit
        case .surveyed, .putAside: false
        default: true
        }
    }
}
