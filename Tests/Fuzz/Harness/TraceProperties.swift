import FoundationEssentials
import MunimKit

@testable import munim

/// Any line is either part of a trace, told in lines that show on a terminal as they are, or refused with its place.
enum TraceProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        for (index, bytes) in lines.enumerated() {
            let line: TraceLine
            do throws(CommandFailure) { line = try TraceCoding.line(bytes, number: index + 1, of: "run.trace") } catch {
                try expect(error.message.hasPrefix("run.trace:\(index + 1): "), "a fault has no place: \(error.message)")
                try expectMessage(error.message)
                continue
            }
            for sentence in TraceStory.lines(of: line) { try expectMessage(sentence, atMost: bytes.count * 4 + 1_000) }
            let written = try encoded(line)
            let again = try TraceCoding.line(written, number: index + 1, of: "run.trace")
            try expect(again.stimulus == line.stimulus, "another event: \(String(decoding: written, as: UTF8.self))")
            try expect(try encoded(again) == written, "other effects: \(String(decoding: written, as: UTF8.self))")
        }
    }

    private static func encoded(_ line: TraceLine) throws -> [UInt8] {
        do { return try TraceCoding.encoded(line) } catch {
            throw BrokenProperty(description: "what was read cannot be written: \(error)")
        }
    }
}
