/// A body of 10 KiB that is refused, made to cost as much as it can.
struct HostileBody: Sendable {
    let name: String
    let text: String

    static let secret = "a-secret-of-the-bench"
    private static let size = 10_240

    /// `head`, then `part` as often as there is room, numbered where it says `#`, then `tail`.
    private init(_ name: String, _ head: String, _ part: String, _ tail: String = "") {
        var text = head
        var number = 0
        while true {
            let next = part.replacing("#", with: "\(number)")
            guard text.utf8.count + next.utf8.count + tail.utf8.count <= Self.size else { break }
            text += next
            number += 1
        }
        self.name = name
        self.text = text + tail
    }

    private static let believed = "{\"secret\":\"\(secret)\","

    static let all = [
        HostileBody("a key of combining characters", "{\"e", "\u{301}\u{323}", "\":1}"),
        HostileBody("many such keys", "{", "\"e\u{301}\u{323}#\":1,", "\"a\":1}"),
        HostileBody("many keys", "{", "\"prise#\":1,", "\"a\":1}"),
        HostileBody("an array of numbers", "{\"a\":[", "1,", "1]}"),
        HostileBody("an array of objects", "{\"a\":[", "{\"b\":1},", "1]}"),
        HostileBody("escapes", "{\"a\":\"", "\\u00e9", "\"}"),
        HostileBody("a long text", "{\"a\":\"", "\u{301}\u{323}", "\"}"),
        HostileBody("a long secret", "{\"secret\":\"", "x", "\"}"),
        HostileBody("blanks", "{", " ", "}"),
        HostileBody("a bare word", "{\"a\":", "n", "}"),
        HostileBody("no JSON", "", "secret"),
        HostileBody("keys that are nearly the secret's", "{", "\"secret\":1,", "}"),
        HostileBody("many keys, believed", believed, "\"prise#\":1,", "\"a\":1}"),
        HostileBody(
            "eight strangers and every field missing, believed",
            believed + (0..<8).map { "\"stranger_in_a_line_\($0)\":1" }.joined(separator: ",") + ",\"reason\":\"", "\u{301}\u{323}", "\"}"),
        HostileBody(
            "the most values, every field wrong, believed",
            believed + WrongFields.text + (0..<100).map { "\"k\($0)\":NaN" }.joined(separator: ",") + ",\"reason\":\"", "\u{301}", "\"}"),
        HostileBody("a long text, believed", believed + "\"type\":\"", "\u{301}\u{323}", "\"}"),
    ]
}

private enum WrongFields {
    static let text = ["type", "instrument", "position", "price", "stop", "lots", "atr", "er", "supertrend", "roc", "timestamp"]
        .map { "\"\($0)\":\"\u{202e}\u{202e}\u{202e}\u{202e}\u{202e}\u{202e}\u{202e}\u{202e}\"," }.joined()
}
