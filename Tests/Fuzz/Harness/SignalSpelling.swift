import MunimKit

@testable import munim

/// Writes signals as webhook bodies.
enum SignalSpelling {
    /// The plainest body.
    static func plain(_ signal: Signal) -> String { JSONValue.object(fields(signal)).encoded }

    /// A body that says the same in another spelling, with an unneeded secret.
    static func varied(_ signal: Signal, _ draw: inout Draw) -> String {
        var members = fields(signal).sorted { $0.key < $1.key }
        for index in members.indices.reversed() { members.swapAt(index, Int(draw.number(below: UInt64(index + 1)))) }
        if draw.flag() { members.append((WebhookFields.secret, .string("open sesame"))) }
        var parts: [String] = []
        for (key, value) in members {
            parts.append(blank(&draw) + quoted(key, &draw) + blank(&draw) + ":" + blank(&draw) + spelled(key, value, signal, &draw))
        }
        return blank(&draw) + "{" + parts.joined(separator: blank(&draw) + ",") + blank(&draw) + "}" + blank(&draw)
    }

    private static func fields(_ signal: Signal) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "type": .string(signal.kind.rawValue), "instrument": .string(signal.instrument.text), "price": .number("\(signal.price)"),
            "atr": .number("\(signal.atr)"), "supertrend": .number("\(signal.supertrend)"), "timestamp": .string("\(signal.timestamp)"),
        ]
        guard signal.kind != .marketData else { return fields }
        fields["position"] = .string("\(signal.target)")
        fields["stop"] = .number("\(signal.stop)")
        fields["lots"] = .number("\(signal.lots)")
        fields["er"] = .number("\(signal.efficiencyRatio)")
        if let rate = signal.rateOfChange { fields["roc"] = .number("\(rate)") }
        if let reason = signal.reason { fields["reason"] = .string(reason) }
        if let price = signal.entryPrice { fields["entry_price"] = .number("\(price)") }
        return fields
    }

    private static func spelled(_ key: String, _ value: JSONValue, _ signal: Signal, _ draw: inout Draw) -> String {
        switch (key, value) {
        case ("type", .string(let text)): return quoted(draw.flag() ? text.lowercased() : text, &draw)
        case ("timestamp", .string): return quoted(time(signal.timestamp, &draw), &draw)
        case ("lots", .number(let text)): return draw.flag() ? "\"\(text)\"" : text
        case (_, .number(let text)):
            let spelled = number(text, &draw)
            return draw.flag() ? "\"\(spelled)\"" : spelled
        case (_, .string(let text)): return quoted(text, &draw)
        default: return value.encoded
        }
    }

    /// A decimal with zeros or an exponent added.
    private static func number(_ text: String, _ draw: inout Draw) -> String {
        switch draw.number(below: 5) {
        case 0: return text
        case 1: return text + (text.contains(".") ? "00" : ".000")
        case 2: return text + draw.one(of: ["e0", "E+0", "e-0", "E00"])
        case 3 where !text.contains(".") && text != "0": return text + "0e-1"
        default:
            guard let point = text.firstIndex(of: ".") else { return text == "0" ? "0.0e3" : text + "000.0e-3" }
            // The point moves left behind all digits: 52.05 becomes 5205e-2; a leading zero is no JSON.
            let fraction = text[text.index(after: point)...]
            let isNegative = text.hasPrefix("-")
            let digits = (text[..<point] + fraction).drop { $0 == "-" }.drop { $0 == "0" }
            return (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits) + "E-\(fraction.count)"
        }
    }

    /// The same moment on another clock.
    private static func time(_ instant: Instant, _ draw: inout Draw) -> String {
        let text = "\(instant)"
        let (offset, zone) = draw.one(of: [(0, "Z"), (0, "+00:00"), (0, "-00:00"), (19_800, "+05:30"), (19_800, ""), (-12_600, "-03:30")])
        let moved = "\(instant + .seconds(Int64(offset)))".dropLast()
        let local = draw.flag() ? moved.map { $0 == "T" ? " " : String($0) }.joined() : String(moved)
        let fraction = !text.contains(".") && draw.flag() ? draw.one(of: [".0", ".000", ".000000000"]) : ""
        let full = local + fraction + zone
        return full.utf8.count <= 32 ? full : text
    }

    /// A JSON string, some of its characters as escapes.
    private static func quoted(_ text: String, _ draw: inout Draw) -> String {
        guard draw.flag() else { return JSONText.quoted(text) }
        return "\""
            + text.utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: draw.flag())
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined() + "\""
    }

    private static func blank(_ draw: inout Draw) -> String { draw.one(of: ["", " ", "\n", "\t", "\r\n"]) }
}
