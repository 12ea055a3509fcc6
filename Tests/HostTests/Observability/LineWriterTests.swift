import Foundation
import Glibc
import MunimKit
import Synchronization
import Testing

@testable import munim

/// A pipe whose reading end a test holds; the writing end belongs to the writer, whose thread may outlast the test.
///
/// Closed by the test, its number would soon be that of another file, into which the thread would write.
private final class TestPipe: Sendable {
    let writing: Int32
    private let reading: Mutex<Int32>

    init() {
        Console.outliveReaders()
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        writing = ends[1]
        reading = Mutex(ends[0])
    }

    deinit { leave() }

    /// Closes the reading end.
    func leave() {
        reading.withLock { end in
            if end >= 0 { close(end) }
            end = -1
        }
    }

    /// Reads until `isEnough`, or until nobody can write any more.
    func read(until isEnough: @escaping @Sendable (String) -> Bool) async -> String {
        await offPool { [self] in
            var text = ""
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !isEnough(text) {
                let count = Glibc.read(reading.withLock(\.self), &buffer, buffer.count)
                guard count > 0 else { break }
                text += String(decoding: buffer.prefix(count), as: UTF8.self)
            }
            return text
        }
    }
}

@Suite("The writer of lines", .timeLimit(.minutes(2)))
struct LineWriterTests {
    private static let lines = LineQueue.Limit(lines: 100, bytes: 1_000_000)

    /// How many lines a text says are lost.
    private static func said(_ text: String) -> Int {
        text.split(separator: "\n").compactMap { $0.hasPrefix("lost ") ? Int($0.dropFirst(5)) : nil }.reduce(0, +)
    }

    /// How many lines came.
    private static func written(_ text: String) -> Int { text.split(separator: "\n").count { !$0.hasPrefix("lost ") } }

    @Test("A reader that stalls keeps nobody; what did not fit is counted, and said once there is room")
    func stalled() async {
        let pipe = TestPipe()
        let losses = Mutex(0)
        let writer = LineWriter(
            to: pipe.writing, ownsDescriptor: true, limit: { _ in Self.lines }, notice: { "lost \($0)" },
            loss: { count in losses.withLock { $0 += count } })
        let long = String(repeating: "x", count: 1_000)
        // Far more than a pipe and the queue hold; nothing here waits for the reader.
        for number in 0..<5_000 { writer.put("\(number) \(long)") }
        #expect(writer.lostCount > 4_000)
        for number in 0..<50 { #expect(writer.put("alert \(number)", .alert)) }
        // Every line is written or counted.
        let text = await pipe.read { text in text.hasSuffix("\n") && Self.written(text) + Self.said(text) >= 5_050 }
        let found = text.split(separator: "\n")
        let said = Self.said(text)
        #expect(Self.written(text) + said == 5_050)
        #expect((0..<50).allSatisfy { found.contains("alert \($0)") })
        #expect(losses.withLock(\.self) == said && writer.lostCount == said)
        writer.close(within: 5_000)
    }

    @Test("A reader that leaves ends nothing, and its lines are counted as lost")
    func gone() {
        let pipe = TestPipe()
        let writer = LineWriter(to: pipe.writing, ownsDescriptor: true)
        pipe.leave()
        for number in 0..<10 { writer.put("\(number)") }
        writer.close(within: 60_000)
        #expect(writer.lostCount == 10)
    }

    @Test("Closing writes what waits, takes nothing more, and waits for a stalled reader no longer than it was told")
    func closing() async {
        let pipe = TestPipe()
        let writer = LineWriter(to: pipe.writing, ownsDescriptor: true)
        for number in 0..<100 { writer.put("\(number)") }
        writer.close(within: 60_000)
        #expect(!writer.put("late"))
        let text = await pipe.read { $0.hasSuffix("99\n") }
        let expected = (0..<100).map { "\($0)\n" }.joined()
        #expect(text == expected)
        let stalled = TestPipe()
        let other = LineWriter(to: stalled.writing, ownsDescriptor: true)
        for _ in 0..<200 { other.put(String(repeating: "x", count: 10_000)) }
        other.close(within: 50)
        stalled.leave()
    }

    @Test("A full disk loses lines and nothing else")
    func full() throws {
        let device = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(device >= 0)
        let writer = LineWriter(to: device, ownsDescriptor: true)
        for number in 0..<10 { writer.put("\(number)") }
        writer.close(within: 60_000)
        #expect(writer.lostCount == 10)
    }

    @Test("A line of which a full disk took the beginning is taken back, so that the file stays readable")
    func cut() async throws {
        let folder = try TestFolder()
        let file = folder.path + "/lines"
        await #expect(processExitsWith: .success) { [file = file as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 25, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            let writer = LineWriter(to: descriptor, ownsDescriptor: true)
            for _ in 0..<5 { writer.put("123456789") }
            writer.close(within: 60_000)
            #expect(writer.lostCount == 3)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "123456789\n123456789\n")
    }
}

@Suite("The log of the host", .timeLimit(.minutes(2)))
struct ConsoleLogTests {
    @Test("Alerts are taken beside a flood that nobody reads, and refused when even their room is full, so that they are tried again")
    func alerts() {
        let pipe = TestPipe()
        let log = ConsoleLog(clock: SystemClock(), isTerminal: false, to: pipe.writing, ownsDescriptor: true)
        let metrics = PrometheusMetrics()
        for number in 0..<30_000 { log(.info, "a signal was accepted", LogField("number", number)) }
        for number in 0..<30_000 { log(.error, "a signal could not be accepted", LogField("number", number)) }
        #expect(log.alert(.warning, "position_mismatch", []))
        log.countLosses(in: metrics)
        #expect(!metrics.page.contains("munim_log_lines_lost_total 0\n"))
        var taken = 0
        while taken < 100_000, log.alert(.warning, "position_mismatch", []) { taken += 1 }
        #expect(taken > 100 && taken < 100_000)
        pipe.leave()
        log.close()
    }
}
