import MunimKit

/// What a line of log says, before it is text.
struct LogLine: Sendable {
    var severity: Severity
    var message: String
    var fields: [LogField]
}

/// Gathers lines that strangers can cause: the first of a kind is written at once, what follows becomes one line a second with its count.
///
/// A stranger is named by the field `peer`; a kind is a message with its status.
struct LineGathering {
    private struct Kind: Hashable {
        var message: String
        var status: String
    }

    private struct Group {
        var since: Span
        var count = 0
        var last: LogLine
    }

    private var groups: [Kind: Group] = [:]
    private static let interval = Span.seconds(1)
    /// Kinds that are told apart; the words of the host have far fewer.
    private static let most = 64

    /// Whether a line is one that a stranger can cause.
    static func concerns(_ line: LogLine) -> Bool { line.severity < .error && line.fields.contains { $0.name == "peer" } }

    /// Whether the line may be written now; else it is kept and counted.
    mutating func admits(_ line: LogLine, at now: Span) -> Bool {
        var kind = Kind(message: line.message, status: line.fields.first { $0.name == "status" }?.value ?? "")
        if groups[kind] == nil, groups.count >= Self.most { kind = Kind(message: "", status: "") }
        guard var group = groups[kind] else {
            groups[kind] = Group(since: now, last: line)
            return true
        }
        group.count += 1
        group.last = line
        groups[kind] = group
        return false
    }

    /// The lines whose second is over, each the last of its kind with the number that it stands for.
    mutating func due(at now: Span) -> [LogLine] {
        var lines: [LogLine] = []
        for (kind, var group) in groups where now - group.since >= Self.interval {
            guard group.count > 0 else {
                groups[kind] = nil
                continue
            }
            group.last.fields.append(LogField("count", group.count))
            lines.append(group.last)
            groups[kind] = Group(since: now, last: group.last)
        }
        return lines
    }

    /// Everything that was kept, when there will be no further second.
    mutating func rest() -> [LogLine] { due(at: Span(microseconds: .max)) }
}
