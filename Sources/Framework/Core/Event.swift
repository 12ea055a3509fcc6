/// Something that happened, as the core hears of it.
public enum Event: Hashable, Codable, Sendable {
    /// The process started and its records are loaded; comes first, and again when its own commit failed.
    case started
    /// The records were read anew after a commit met another state or had an unknown outcome.
    case reloaded
    /// The process is about to end: nothing more is decided or sent, outcomes are still taken.
    case stopping
    /// A signal was committed to the inbox.
    case signal(SignalRecord)
    /// What the market and the account looked like for a decision.
    case surveyed(Survey)
    /// An attempt to place an order ended.
    case placed(Tag, PlaceOutcome)
    /// An attempt to cancel an order ended.
    case cancelAnswered(Tag, CancelOutcome)
    /// The broker reported an order.
    case reported(OrderReport)
    /// The order book was read, or could not be.
    case bookRead(BookReading)
    /// The account's positions were read, or could not be.
    case positionsRead(PositionsReading)
    /// A time that the core asked for has come.
    case woke(Alarm)
    /// What a person asks for was committed.
    case commanded(CommandRecord)
    /// The records refuse what follows from an event each time, so that others go on before it; in words for people.
    case putAside(String)
}

/// An event with its time and the randomness it may use.
public struct Stimulus: Hashable, Codable, Sendable {
    /// What happened.
    public var event: Event
    /// When the core hears of it.
    public var at: Instant
    /// Bits for the tags that the event leads to.
    public var entropy: Entropy

    /// Creates a stimulus.
    public init(_ event: Event, at: Instant, entropy: Entropy) {
        self.event = event
        self.at = at
        self.entropy = entropy
    }
}

/// What a decision is about.
public enum Subject: Hashable, Codable, Sendable {
    /// A waiting signal.
    case signal(Fingerprint, InstrumentName)
    /// A position that may roll.
    case roll(PositionID, InstrumentName)

    /// The instrument.
    public var instrument: InstrumentName {
        switch self {
        case .signal(_, let name), .roll(_, let name): name
        }
    }
}

/// A question to the market before a decision.
public struct SurveyRequest: Hashable, Codable, Sendable {
    /// What it is for.
    public var subject: Subject
    /// Structures whose legs are to be quoted, with the last price that the host heard.
    public var observations: [PriceObservation]
    /// Whether the account's funds matter.
    public var needsFunds: Bool
}

/// The answer to a survey; what could not be read is missing.
public struct Survey: Hashable, Codable, Sendable {
    /// What it is for.
    public var subject: Subject
    /// Quotes that exist.
    public var quotes: [ContractQuote]
    /// The account's money, if it was asked for and could be read.
    public var funds: Funds?
    /// Why something is missing.
    public var failure: String?

    /// Creates an answer.
    public init(subject: Subject, quotes: [ContractQuote], funds: Funds?, failure: String? = nil) {
        self.subject = subject
        self.quotes = quotes
        self.funds = funds
        self.failure = failure
    }
}

/// A read of the broker's order book.
public struct BookReading: Hashable, Codable, Sendable {
    /// When the read began; evidence of absence counts from here.
    public var startedAt: Instant
    /// The orders of the day, without those that are settled; nil when the read failed.
    public var book: OrderBook?
    /// Why it failed.
    public var failure: String?

    /// Creates a reading.
    public init(startedAt: Instant, book: OrderBook?, failure: String? = nil) {
        self.startedAt = startedAt
        self.book = book
        self.failure = failure
    }
}

/// A read of what the account holds.
public struct PositionsReading: Hashable, Codable, Sendable {
    /// When the read began.
    public var startedAt: Instant
    /// All positions; nil when the read failed.
    public var positions: [BrokerPosition]?
    /// Why it failed.
    public var failure: String?

    /// Creates a reading.
    public init(startedAt: Instant, positions: [BrokerPosition]?, failure: String? = nil) {
        self.startedAt = startedAt
        self.positions = positions
        self.failure = failure
    }
}

/// A reason to be woken.
public enum Alarm: Hashable, Codable, Sendable {
    /// Go on with a scope: a retry, a rate limit, an opening session, a deadline.
    case scope(InstrumentName)
    /// Decide what went on record as being decided.
    case decide(InstrumentName)
    /// Obey a command that waits.
    case command(CommandID)
    /// Look for orders of unknown outcome, or ask for working ones.
    case book
    /// Compare books and positions.
    case reconcile
    /// Read the positions again after a failed read.
    case positions
    /// Hold positions against their rollover rules.
    case rollover
}

/// What a person asks for.
public enum OperatorCommand: Hashable, Codable, Sendable {
    /// Refuse everything that increases risk.
    case stop(reason: String)
    /// Allow it again. `lifting` is the version of the switch that was looked at: a stop that came later is not lifted; nil lifts whatever stands.
    case resume(reason: String, lifting: Int64? = nil)
    /// Close every open position.
    case closeAll(reason: String)
    /// Close one position.
    case exit(PositionID, reason: String)
    /// Book an exit that a person already made at the broker.
    case bookExit(PositionID, price: Price, reason: String)
    /// Move money in or out; negative is a withdrawal. The key makes a repeated request harmless.
    case capital(Money, notes: String, key: String)
    /// Let a frozen scope take entries again.
    case unfreeze(InstrumentName, reason: String)
    /// Hold positions against their rollover rules now; `execute` rolls what is due.
    case rollover(execute: Bool)
}

/// A command with its sender.
public struct OperatorRequest: Hashable, Codable, Sendable {
    /// Names the request, for its answer.
    public var id: String
    /// What is asked for.
    public var command: OperatorCommand
    /// Who asks.
    public var by: String

    /// Creates a request.
    public init(id: String, command: OperatorCommand, by: String) {
        self.id = id
        self.command = command
        self.by = by
    }
}

/// What came of a command.
public struct OperatorAnswer: Hashable, Codable, Sendable {
    /// The request's name.
    public var id: String
    /// Whether it was done.
    public var isDone: Bool
    /// A sentence.
    public var message: String
    /// Details, a line each.
    public var details: [String]

    /// Creates an answer.
    public init(id: String, isDone: Bool, message: String, details: [String] = []) {
        self.id = id
        self.isDone = isDone
        self.message = message
        self.details = details
    }
}
