import MunimKit
import Testing

@testable import munim

/// What answers give back of bodies that hold the secret, or come from somebody who does not know it.
@Suite struct SecretEchoTests {
    private static let secret = "k7Qm2vXw9LpR4tZn"
    private static let admission = WebhookAdmission(secrets: SharedSecrets([SharedSecret(secret)].compactMap(\.self)))

    private static func answer(_ body: String, path: [String] = ["webhook"]) -> (status: Int, text: String) {
        let request = HTTPRequest(id: "1", method: .post, path: path, body: Array(body.utf8), peer: .loopback)
        switch admission.admit(request) {
        case .success: return (200, "")
        case .failure(let refusal):
            let response = refusal.response(requestID: "1")
            return (response.status, String(decoding: response.body, as: UTF8.self) + " " + refusal.message)
        }
    }

    /// Whether six characters of the secret in a row stand in `text`.
    private static func shows(_ text: String) -> Bool {
        let secret = Array(secret)
        return (0...secret.count - 6).contains { text.contains(String(secret[$0..<$0 + 6])) }
    }

    @Test(
        "A body that is the secret, or holds it where it does not belong, gives nothing of it back, to nobody",
        arguments: [
            secret, "\"\(secret)\"", "{\(secret)", "{\"a\" \(secret)", "{\"\(secret)\"", "{\"\(secret)\":}", "{\"\(secret)\":1}",
            "[\(secret)]",
            "{\"type\":\"\(secret)\"}", "{\"note\":[{\"a\":\"x\(secret)\"}]}", "{\"note\":{\"\(secret)\":1}}",
            "{\"type\":\"\\u006b7Qm2vXw9LpR4tZn\"}", "{\"secret\":\"\(secret)\",\"type\":\"\(secret)\"}",
            "{\"secret\":\"\(secret)\",\"price\":\(secret)}", "{\"secret\":\"\(secret)\"\(secret)}",
            "{\"secret\":\"\(secret)\",\"\(secret)\":1}",
        ])
    func echoed(_ body: String) {
        for path in [["webhook"], ["webhook", Self.secret]] {
            let answer = Self.answer(body, path: path)
            #expect([400, 401, 422].contains(answer.status) && !Self.shows(answer.text), "\(answer)")
        }
    }

    @Test("A signal that would be stored with the secret in its reason is refused")
    func reason() {
        let body = SampleBodies.body(SampleBodies.exit, ["reason": "\"\(Self.secret)\"", "secret": "\"\(Self.secret)\""])
        #expect(Self.answer(body).status == 422)
    }

    @Test("Who is not believed learns where a body stops being JSON, and nothing of what stands there")
    func strangers() {
        let (status, text) = Self.answer("{\"abcdefgh\":wrong}")
        #expect(status == 400 && text.contains("at byte 12") && !text.contains("wrong") && !text.contains("abcdefgh"), "\(text)")
        #expect(Self.answer("{\"secret\":\"guess-guess-guess\",}").status == 401)
    }

    @Test("The secret is compared before anything else is looked at: with a wrong one no fault of the body is told")
    func first() {
        let strangers = (0..<90).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(Self.answer("{\(strangers)}").status == 401)
        let (status, text) = Self.answer("{\(strangers),\"secret\":\"\(Self.secret)\"}")
        #expect(status == 400 && text.contains("type: found nothing"))
        // Also one in front of a fault is believed, so that its sender is told of the fault.
        #expect(Self.answer("{\"secret\":\"\(Self.secret)\",\"price\":undefined}").text.contains("undefined"))
    }

    @Test("A candidate longer than any secret is not even digested")
    func long() {
        let secrets = SharedSecrets([SharedSecret(String(repeating: "s", count: 256))].compactMap(\.self))
        #expect(secrets.accepts(String(repeating: "s", count: 256)))
        #expect(!secrets.accepts(String(repeating: "s", count: 257)))
    }
}
