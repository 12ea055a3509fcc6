public import MunimKit

/// A way in which a paper broker can misbehave with some probability.
public enum PaperFault: String, CaseIterable, Codable, Sendable {
    /// The exchange refuses the order.
    case reject
    /// The exchange refuses the order after the broker has accepted it.
    case rejectLater = "reject-later"
    /// The order is filled in part at once, the rest later.
    case partial
    /// No answer, and the order never arrived.
    case timeoutBefore = "timeout-before"
    /// No answer, but the order was taken.
    case timeoutAfter = "timeout-after"
    /// No answer, and the order arrives long after.
    case late
    /// A server error, before or after the order was taken.
    case serverError = "error-5xx"
    /// The order is not taken because there were too many.
    case throttle
    /// Reads of the book answer with an empty list.
    case emptyBook = "empty-book"
    /// Reads of the book fail.
    case bookOutage = "book-outage"
    /// The session has ended: nothing works until it is cleared.
    case sessionExpired = "session-expired"
    /// An update comes twice.
    case duplicateUpdates = "duplicate-updates"
    /// An update comes after the one that follows it.
    case reorderUpdates = "reorder-updates"
    /// An update never comes.
    case lostUpdates = "lost-updates"
}

/// The faults in force at a paper broker: probabilities, spans and single shots.
///
/// Written as `latency=200ms, reject=5%, empty-book=on, next:timeout-after@SYMBOL`. A probability is a percentage, `on` (also 1, or nothing at all) or
/// `off` (also 0). A single shot hits the next call that it fits, once, and then is used up; with a symbol it waits for an order of that symbol.
public struct PaperFaults: Hashable, Sendable {
    /// How often each fault happens; absent is never.
    public var rates: [PaperFault: Ratio] = [:]
    /// Faults that happen once, oldest first.
    public var shots: [PaperShot] = []
    /// How long every call takes.
    public var latency = Span.zero
    /// How long a call without an answer is waited for.
    public var timeout = Span.seconds(7)
    /// How long a new order is missing from the book.
    public var invisible = Span.zero
    /// When the rest of a partly filled order or a later refusal follows; the rest comes sooner when a price does.
    public var followUp = Span.seconds(1)
    /// How long a late order is under way.
    public var lateBy = Span.seconds(20)

    /// No faults.
    public init() {}

    /// The faults that a text names; throws a sentence on anything unknown. An empty text names none.
    public init(_ text: String) throws(PluginFault) {
        for item in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let item = item.trimmed
            guard !item.isEmpty else { continue }
            if let shot = item.afterPrefix("next:") ?? item.afterPrefix("next=") {
                shots.append(try PaperShot(shot))
            } else {
                try read(item)
            }
        }
    }

    private static let spans = ["latency", "timeout", "invisible", "follow-up", "late-by"]
    private static var vocabulary: Vocabulary { Vocabulary(PaperFault.allCases.map(\.rawValue) + spans + ["next"]) }

    private mutating func read(_ item: String) throws(PluginFault) {
        let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
        let name = parts[0]
        let value = parts.count == 2 ? parts[1] : nil
        if let fault = PaperFault(rawValue: name) {
            rates[fault] = try Self.rate(value ?? "on", of: name)
            return
        }
        guard Self.spans.contains(name) else { throw PluginFault(Self.vocabulary.unknown("fault", name)) }
        let span = try Self.span(value ?? "", of: name)
        switch name {
        case "latency": latency = span
        case "timeout": timeout = span
        case "invisible": invisible = span
        case "follow-up": followUp = span
        default: lateBy = span
        }
    }

    private static func rate(_ text: String, of name: String) throws(PluginFault) -> Ratio {
        switch text {
        case "on", "1", "true": return .one
        case "off", "0", "false": return .zero
        default: break
        }
        guard text.hasSuffix("%"), let ratio = try? Ratio.percent(String(text.dropLast()).trimmed), ratio >= .zero, ratio <= .one else {
            throw PluginFault("the probability of \(name) is \"\(text)\", expected a percentage from 0% to 100%, on or off")
        }
        return ratio
    }

    private static func span(_ text: String, of name: String) throws(PluginFault) -> Span {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let scales: [String: (scale: Int, factor: Int64)] = ["us": (0, 1), "ms": (3, 1), "s": (6, 1), "min": (6, 60), "h": (6, 3_600)]
        let unit = String(text.dropFirst(number.count)).trimmed
        let longest: Int64 = 86_400_000_000
        guard let (scale, factor) = scales[unit], let units = try? FixedPoint.units(of: number, scale: scale), units <= longest / factor
        else {
            throw PluginFault(
                "the span of \(name) is \"\(text)\", expected a time of at most a day with its unit, such as 200ms, 8s or 2min")
        }
        return Span(microseconds: units * factor)
    }
}

/// A fault that happens once.
public struct PaperShot: Hashable, Sendable {
    /// Which.
    public var fault: PaperFault
    /// At an order of this symbol; nil for any.
    public var symbol: String?

    /// The shot of a text such as `reject` or `reject@SYMBOL`; throws a sentence on an unknown fault.
    init(_ text: String) throws(PluginFault) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
        guard let fault = PaperFault(rawValue: parts[0]) else {
            throw PluginFault(Vocabulary(PaperFault.allCases.map(\.rawValue)).unknown("fault behind next:", parts[0]))
        }
        self.fault = fault
        symbol = parts.count == 2 ? parts[1] : nil
        if symbol?.isEmpty == true { throw PluginFault("next:\(text) names no symbol behind the @") }
    }
}

/// Decides, call by call, which faults happen; the same seed and calls decide the same.
struct PaperDice: Sendable {
    var faults: PaperFaults
    private var random: SplitMix64

    init(_ faults: PaperFaults, seed: UInt64) {
        self.faults = faults
        random = SplitMix64(state: seed)
    }

    /// Whether a fault happens to a call that concerns `symbol`.
    mutating func hits(_ fault: PaperFault, _ symbol: String? = nil) -> Bool {
        if let index = faults.shots.firstIndex(where: { $0.fault == fault && ($0.symbol == nil || $0.symbol == symbol) }) {
            faults.shots.remove(at: index)
            return true
        }
        guard let rate = faults.rates[fault], rate > .zero else { return false }
        return random.next() % 1_000_000 < UInt64(rate.units)
    }

    /// One of two ways, equally likely.
    mutating func coin() -> Bool { random.next() & 1 == 0 }
}

extension StringProtocol {
    /// The text without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    fileprivate func afterPrefix(_ prefix: String) -> String? { hasPrefix(prefix) ? dropFirst(prefix.count).trimmed : nil }
}
