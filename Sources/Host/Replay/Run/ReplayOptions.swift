import MunimKit

/// What a person asks of a replay.
struct ReplayOptions: Equatable, Sendable {
    /// Files, in the order in which they were named.
    var files: [String] = []
    /// The instrument of trade lists; nil to take it from the file's name.
    var instrument: InstrumentName?
    /// The rule that sizes; nil for the configuration's, or as signalled without one.
    var sizing: SizingChoice?
    /// Money per point per lot on all days; nil for the instrument's own.
    var pointValue: PointValue?
    /// Charges per side as a share of the traded value; nil for the configuration's, or none.
    var charges: Ratio?
    /// The account at the start; nil for the configuration's, or 5 000 000.
    var capital: Money?
    /// A configuration whose instruments, sizing, rollover and limits hold.
    var configuration: String?
    /// Whether trading hours count; nil for the configuration's, or ignored.
    var sessions: SessionPolicy?
    /// Made-up signals in place of files, for measuring.
    var synthetic: Int?

    init() {}
}

/// A sizing rule with the options that a command line can give.
enum SizingChoice: Equatable, Sendable, CustomStringConvertible {
    case asSignalled
    case threeConstraint
    case fixedLots(Lots)

    /// The choice of `as-signalled`, `three-constraint`, `fixed-lots` or `fixed-lots=N`; nil for anything else.
    init?(_ text: String) {
        switch text {
        case "as-signalled": self = .asSignalled
        case "three-constraint": self = .threeConstraint
        case "fixed-lots": self = .fixedLots(Lots(1))
        default:
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "fixed-lots", let lots = Int64(parts[1]), (1...10_000).contains(lots) else { return nil }
            self = .fixedLots(Lots(lots))
        }
    }

    /// Every form, for messages.
    static let forms = "as-signalled, three-constraint, fixed-lots or fixed-lots=N"

    var description: String {
        switch self {
        case .asSignalled: "as-signalled"
        case .threeConstraint: "three-constraint"
        case .fixedLots(let lots): "fixed-lots=\(lots)"
        }
    }
}
