import MunimKit

/// Signals as they came to a host: a line of JSON each, `{"at": "2025-11-28T05:00:01.25Z", "body": "…"}`.
enum RecordedSignals {
    /// Reads a recording, or throws every mistake with its line.
    ///
    /// Bodies that are no signals were refused when they came; they are counted in a note, not faults.
    static func read(_ bytes: [UInt8], file: String) throws(InputFaults) -> ReplayInput {
        var faults = InputFaults()
        var signals: [ReplaySignal] = []
        var refused: [Int] = []
        var line = 0
        for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            guard text.contains(where: { ![32, 9, 13].contains($0) }) else { continue }
            do throws(InputFault) {
                if let signal = try signal(Array(text), line: line, file: file) { signals.append(signal) } else { refused.append(line) }
            } catch { faults.add(error) }
        }
        try faults.check()
        guard !signals.isEmpty || !refused.isEmpty else {
            throw InputFaults(InputFault(file: file, line: 0, message: "found no line, expected a JSON object with at and body on each"))
        }
        var input = ReplayInput(file: file, kind: "recorded signals", signals: signals)
        if let first = refused.first { input.notes.append("\(refused.count) recorded bodies are no signals, the first in line \(first).") }
        return input
    }

    /// The signal of one line; nil when its body is no signal.
    private static func signal(_ text: [UInt8], line: Int, file: String) throws(InputFault) -> ReplaySignal? {
        func fault(_ message: String) -> InputFault { InputFault(file: file, line: line, message: message) }
        let members: [String: JSONValue]
        do throws(JSONFault) { members = try StrictJSON.object(text).members } catch {
            throw fault("found \(error.found) at byte \(error.offset), expected \(error.expected)")
        }
        if let strange = members.keys.filter({ $0 != "at" && $0 != "body" }).min() {
            throw fault("found the key \(Excerpt.quoted(strange)), expected at and body")
        }
        guard case .string(let time) = members["at"], let at = Instant(time, defaultOffset: nil) else {
            throw fault("at: expected a time with a zone, such as \"2025-11-28T05:00:01Z\"")
        }
        guard case .string(let body) = members["body"] else { throw fault("body: expected the webhook's body as text") }
        guard case .success(let parsed) = WebhookParse.parse(Array(body.utf8)) else { return nil }
        return ReplaySignal(
            at: at, signal: parsed.signal, digest: parsed.payload, body: String(decoding: parsed.body, as: UTF8.self), line: line)
    }
}
