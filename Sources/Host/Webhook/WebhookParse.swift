internal import MunimKit

/// A webhook body that is a signal.
struct ParsedWebhook: Equatable, Sendable {
    let signal: Signal
    /// The secret in the body, not yet compared with anything.
    let secret: String?
    /// JSON encoded anew from what was understood: sorted keys, one spelling of each value, without the secret.
    ///
    /// Two bodies that differ in white space, key order or spelling only have the same payload.
    let payload: String
    /// The body as received with the secret masked.
    let body: [UInt8]
}

/// Reads webhook bodies.
enum WebhookParse {
    /// The signal that `body` denotes, or every fault at once.
    ///
    /// `price` is what an exchange quotes, so more than 4 decimals are a fault. `stop`, `atr`, `er`, `supertrend`, `roc` and `entry_price` are
    /// computed by chart scripts and come with as many digits as those print: they are rounded half away from zero to the stored scale, 4
    /// decimals for prices and 6 for ratios. A time without zone is the exchange's clock, +05:30.
    static func parse(_ body: [UInt8]) -> Result<ParsedWebhook, WebhookFaults> { WebhookText(body).signal(hiding: nil) }
}

extension Excerpt {
    /// Whether a name can stand in a message as it is.
    static func isWord(_ text: String) -> Bool {
        text.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || $0 == 95 }
    }
}

/// Hides secrets in bytes that are stored or shown.
enum Redaction {
    private static let mask = Array(#""<redacted>""#.utf8)

    /// `body` with the value at `range` replaced.
    static func masked(_ body: [UInt8], at range: Range<Int>) -> [UInt8] {
        body[..<range.lowerBound] + mask + body[range.upperBound...]
    }

    /// `body` with the text after every key `secret` replaced that can be found in it.
    static func masked(_ body: [UInt8]) -> [UInt8] {
        let key = Array(#""secret""#.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < body.count {
            guard body[index] == key[0], body[index...].starts(with: key) else {
                result.append(body[index])
                index += 1
                continue
            }
            result += key
            index += key.count
            let valueStart = body[index...].firstIndex { ![32, 9, 10, 13, UInt8(ascii: ":")].contains($0) } ?? body.count
            guard body[index..<valueStart].contains(UInt8(ascii: ":")) else { continue }
            result += body[index..<valueStart] + mask
            index = endOfValue(in: body, from: valueStart)
        }
        return result
    }

    /// Behind the closing quote of a string, else before the next comma or brace.
    private static func endOfValue(in body: [UInt8], from start: Int) -> Int {
        guard start < body.count else { return body.count }
        guard body[start] == UInt8(ascii: "\"") else {
            return body[start...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? body.count
        }
        var index = start + 1
        while index < body.count, body[index] != UInt8(ascii: "\"") { index += body[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(body.count, index + 1)
    }
}
