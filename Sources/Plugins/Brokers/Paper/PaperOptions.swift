public import MunimKit

/// The options of the paper broker.
public struct PaperOptions: PluginOptions {
    /// The rules of the account.
    public var terms: PaperTerms
    /// A file of quotes; nil for none.
    public var quotes: String?
    /// The faults in force from the start.
    public var faults: PaperFaults
    /// Makes faults repeatable; nil for other faults in each run.
    public var seed: Int?
    /// How long an accepted order may be missing from the book.
    public var horizon: Span
    /// The order rate that the broker asks for.
    public var rate: OrderRate

    /// Options by name.
    public init(
        terms: PaperTerms = PaperTerms(), quotes: String? = nil, faults: PaperFaults = PaperFaults(), seed: Int? = nil,
        horizon: Span = .seconds(2), rate: OrderRate = OrderRate(perSecond: 10_000, perMinute: 600_000, perDay: 1_000_000_000)
    ) {
        self.terms = terms
        self.quotes = quotes
        self.faults = faults
        self.seed = seed
        self.horizon = horizon
        self.rate = rate
    }

    public init(from reader: inout OptionReader) {
        terms = PaperTerms(from: &reader)
        quotes = reader.optional("quotes", .text, summary: "A file of quotes, one JSON object with symbol and price per line.")
        faults = reader.value("faults", .paperFaults, default: PaperFaults(), summary: "Misbehaviour for tests and drills.")
        seed = reader.optional("seed", .integer.atLeast(0), summary: "Makes the faults the same in each run.")
        horizon = reader.value(
            "horizon", .span.within(.zero ... .minutes(10)), default: .seconds(2),
            summary: "How long an accepted order may be missing from the book; at least the span of the fault invisible.")
        rate = reader.section("rate", summary: "How many orders the host may send.") { reader in
            OrderRate(
                perSecond: reader.value("per_second", .integer.atLeast(1), default: 10_000, summary: "In any second."),
                perMinute: reader.value("per_minute", .integer.atLeast(1), default: 600_000, summary: "In any minute."),
                perDay: reader.value("per_day", .integer.atLeast(1), default: 1_000_000_000, summary: "On any day."))
        }
    }
}

extension PaperTerms {
    /// The terms that a section of configuration gives.
    init(from reader: inout OptionReader) {
        let standard = PaperTerms()
        self.init(
            funds: reader.value("funds", .money.above(.zero), default: standard.funds, unit: "INR", summary: "The money at the start."),
            checksFunds: reader.value("check_funds", .flag, default: true, summary: "Whether orders beyond the funds are refused."),
            margin: reader.value(
                "margin", .percent.within(.zero ... .one), default: standard.margin,
                summary: "The share of its value that a future or a sold option blocks."),
            slippage: reader.value(
                "slippage", .paperStep, default: PaperStep.none, summary: "How much worse than the market a market order is filled."),
            spread: reader.value("spread", .paperStep, default: PaperStep.none, summary: "The distance between bid and ask."),
            charges: reader.value(
                "charges", .percent.within(.zero ... .one), default: .zero, summary: "The charges of each trade as a share of its value."),
            hours: reader.value("hours", .paperHours, default: .some(nil), summary: "When orders are taken."),
            days: reader.list("days", of: .choice(Weekday.self), default: Weekday.allCases, count: 1...7, summary: "On which days."),
            timeValue: reader.value(
                "time_value", .percent.within(.zero ... .one), default: standard.timeValue,
                summary: "The time value of an option at the money as a share of the underlying's price."),
            refusesExpired: reader.value(
                "refuse_expired", .flag, default: true, summary: "Whether orders behind the last trading day are refused."))
    }
}

extension OptionKind where Value == PaperFaults {
    /// A list of faults.
    static var paperFaults: OptionKind {
        OptionKind(
            "faults", noun: "a list of faults", form: "such as latency=200ms, reject=5%", placeholder: PaperFaults(), text: { _ in "" }
        ) {
            text throws(OptionMismatch) in
            do throws(PluginFault) { return try PaperFaults(text) } catch { throw .remarked(": \(error.description)") }
        }
    }
}

extension OptionKind where Value == PaperStep {
    /// A small distance of price: `2 ticks` or `0.05%`.
    static var paperStep: OptionKind {
        OptionKind(
            "distance of price", noun: "a distance of price", form: "such as 2 ticks or 0.05%", placeholder: PaperStep.none, text: \.text
        ) {
            text throws(OptionMismatch) in
            guard let step = PaperStep(text) else { throw .malformed }
            return step
        }
    }
}

extension OptionKind where Value == Session? {
    /// Trading hours, or `always`.
    static var paperHours: OptionKind {
        OptionKind(
            "session", noun: "trading hours", form: "as HH:MM-HH:MM or always", placeholder: nil,
            text: { $0.map { "\($0.open)-\($0.close)" } ?? "always" }
        ) { text throws(OptionMismatch) in
            if text == "always" { return nil }
            let times = text.split(separator: "-", omittingEmptySubsequences: false).map(\.trimmed)
            guard times.count == 2, let open = TimeOfDay(times[0]),
                let close = times[1] == "24:00" ? TimeOfDay(secondsSinceMidnight: 86_400) : TimeOfDay(times[1])
            else { throw .malformed }
            guard open < close else { throw .remarked(", which ends before it begins") }
            return Session(open: open, close: close)
        }
    }
}

extension PaperStep {
    /// The distance of `2 ticks` or `0.05%`, or nil; never negative.
    init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let ratio = try? Ratio.percent(String(text.dropLast()).trimmed), ratio >= .zero, ratio < .one else { return nil }
            self = .share(ratio)
            return
        }
        let words = text.split(separator: " ")
        guard words.count == 2 || text == "0", let count = Int64(words[0]), (0...100_000).contains(count) else { return nil }
        guard text == "0" || words[1] == "ticks" || words[1] == "tick" else { return nil }
        self = .ticks(count)
    }

    /// The text that reads back as this distance.
    var text: String {
        switch self {
        case .ticks(let count): "\(count) ticks"
        case .share(let ratio): "\(ratio.percentText)%"
        }
    }
}
