import Foundation
import Glibc
import MunimKit
import MunimTesting
import Testing

@testable import munim

@Suite("The recording of webhooks", .timeLimit(.minutes(5)))
struct SignalRecorderTests {
    private static let secret = "a-secret-for-webhooks"

    /// Sends each body to a route with a recorder, and answers what came into the file.
    private func recorded(_ requests: [(body: String, path: [String])]) async throws -> (text: String, statuses: [Int]) {
        let folder = try TestFolder()
        let file = folder.path + "/day.jsonl"
        var setup = RunningHost.Setup()
        setup.http += ["secret: \(Self.secret)", "path_secret: true"]
        let statuses = try await RunningHost.run(setup) { host async throws in
            let recorder = try SignalRecorder(path: file, log: host.log)
            let route = WebhookRoute(
                admission: WebhookAdmission(secrets: SharedSecrets([SharedSecret(Self.secret)].compactMap(\.self))),
                application: host.application, recorder: recorder)
            var statuses: [Int] = []
            for request in requests {
                let request = HTTPRequest(
                    id: "1", method: .post, path: ["webhook"] + request.path, body: Array(request.body.utf8), peer: .loopback)
                statuses.append(await route.answer(request).status)
            }
            recorder.close()
            return statuses
        }
        return (try String(contentsOfFile: file, encoding: .utf8), statuses)
    }

    private static func entry(_ secret: String) -> String { TestWebhook.baseEntry.body.replacing("}", with: ",\(secret)}") }

    @Test("Only webhooks that were believed are kept, and no spelling of a secret")
    func believed() async throws {
        let spelled = Self.secret.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
        let (text, statuses) = try await recorded([
            (Self.entry(#""secret":"wrong""#), []), (TestWebhook.baseEntry.body, []), ("not JSON at all", []),
            (Self.entry("\"secret\":\"\(Self.secret)\""), []), (Self.entry("\"\\u0073ecret\":\"\(spelled)\""), []),
            (Self.entry("\"secret\":\"\(Self.secret)\",\"secret\":\"\(Self.secret)\""), []), (TestWebhook.baseEntry.body, [Self.secret]),
        ])
        #expect(statuses.prefix(2) == [401, 401], "\(statuses)")
        for believed in [3, 4, 6] { #expect(statuses[believed] < 300, "\(statuses)") }
        #expect(text.split(separator: "\n").count == 3, "\(text)")
        for word in [Self.secret, spelled, "secret", "wrong", "not JSON"] { #expect(!text.contains(word), "\(word)") }
    }

    @Test("What was recorded is read back as the signals that were sent")
    func readBack() async throws {
        let (text, _) = try await recorded([(Self.entry("\"secret\":\"\(Self.secret)\""), []), (TestWebhook.exit().body, [Self.secret])])
        let input = try RecordedSignals.read(Array(text.utf8), file: "day.jsonl")
        #expect(input.signals.map(\.signal.kind) == [.baseEntry, .exit] && input.notes.isEmpty)
    }

    @Test("A disk that is full loses the recording, tells so, and keeps nobody")
    func full() throws {
        let log = RecordingLog()
        let recorder = SignalRecorder(descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC), path: "day.jsonl", log: log)
        guard case .success(let webhook) = SampleBodies.parse(SampleBodies.body(SampleBodies.base)) else {
            Issue.record("the sample is no signal")
            return
        }
        for _ in 0..<10 { recorder.record(webhook, at: Instant(seconds: 1_764_302_400)) }
        recorder.close()
        #expect(recorder.lostCount == 10)
        let told = log.lines.filter { $0.message == "webhooks are missing in the recording" }.compactMap {
            $0.value("count").flatMap { Int($0) }
        }
        #expect(told.reduce(0, +) == 10)
    }
}
