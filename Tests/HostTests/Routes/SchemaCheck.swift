import Foundation
import MunimKit

/// Holds JSON against the schemas of an OpenAPI document; stricter than the standard, so that nothing drifts unseen: a member that no schema
/// names is a fault, and so is a keyword that is not known here.
struct SchemaCheck: Sendable {
    /// The OpenAPI document.
    let document: TestJSON

    /// What is wrong with `value`, with the path of each fault; empty when it fits.
    func faults(of value: TestJSON, against schema: TestJSON, at path: String = "$") -> [String] {
        let known = [
            "type", "format", "pattern", "minimum", "maximum", "enum", "items", "properties", "required", "additionalProperties", "$ref",
            "anyOf", "description",
        ]
        let strangers = schema.members.keys.filter { !known.contains($0) }.sorted()
        guard strangers.isEmpty else { return ["\(path): the schema has unknown keywords \(strangers)"] }
        if let name = schema["$ref"].text {
            guard let target = resolved(name) else { return ["\(path): nothing is called \(name)"] }
            return faults(of: value, against: target, at: path)
        }
        if schema.members.keys.contains("anyOf") {
            let attempts = schema["anyOf"].list.map { faults(of: value, against: $0, at: path) }
            return attempts.contains([]) ? [] : ["\(path): fits none of \(attempts.count) forms: \(attempts)"]
        }
        let types = schema["type"].text.map { [$0] } ?? schema["type"].list.compactMap(\.text)
        guard types.isEmpty || types.contains(where: { Self.is(value, $0) }) else { return ["\(path): is no \(types): \(value)"] }
        return ownFaults(of: value, against: schema, at: path) + innerFaults(of: value, against: schema, at: path)
    }

    /// The schema of an answer, or nil when its status or type is not described.
    func schema(of method: String, _ path: String, status: Int, type: String) -> TestJSON? {
        let content = document["paths"][path][method.lowercased()]["responses"]["\(status)"]["content"]
        return content.members[type].flatMap { $0.members["schema"] }
    }

    func resolved(_ reference: String) -> TestJSON? {
        let prefix = "#/components/schemas/"
        guard reference.hasPrefix(prefix) else { return nil }
        return document["components"]["schemas"].members[String(reference.dropFirst(prefix.count))]
    }

    private static func `is`(_ value: TestJSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.flag, "boolean"), (.text, "string"), (.list, "array"), (.object, "object"): true
        case (.number(let number), "integer"): number.rounded() == number
        case (.number, "number"): true
        default: false
        }
    }

    private func ownFaults(of value: TestJSON, against schema: TestJSON, at path: String) -> [String] {
        var faults: [String] = []
        if case .list(let words) = schema["enum"], !words.contains(value) { faults.append("\(path): is none of \(words): \(value)") }
        if let least = schema["minimum"].number, let number = value.number, number < least {
            faults.append("\(path): \(number) is too small")
        }
        if let most = schema["maximum"].number, let number = value.number, number > most {
            faults.append("\(path): \(number) is too large")
        }
        guard let text = value.text else { return faults }
        if let pattern = schema["pattern"].text, (try? Regex(pattern).firstMatch(in: text)) == nil {
            faults.append("\(path): \(text) does not match \(pattern)")
        }
        if let format = schema["format"].text, !Self.fits(text, format) { faults.append("\(path): \(text) is no \(format)") }
        return faults
    }

    private static func fits(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date-time": text.hasSuffix("Z") && Instant(text, defaultOffset: nil) != nil
        case "date": TradingDay(text) != nil
        case "decimal": (try? FixedPoint.units(of: text, scale: 6)) != nil
        default: false
        }
    }

    private func innerFaults(of value: TestJSON, against schema: TestJSON, at path: String) -> [String] {
        if case .list(let elements) = value {
            return elements.enumerated().flatMap { faults(of: $1, against: schema["items"], at: "\(path)[\($0)]") }
        }
        guard case .object(let members) = value, !schema.members.isEmpty else { return [] }
        let missing = schema["required"].list.compactMap(\.text).filter { !members.keys.contains($0) }.map { "\(path).\($0): is missing" }
        return missing
            + members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
                let inner = schema["properties"].members[name] ?? schema.members["additionalProperties"]
                guard let inner else { return ["\(path).\(name): no schema names it"] }
                return faults(of: member, against: inner, at: "\(path).\(name)")
            }
    }
}
