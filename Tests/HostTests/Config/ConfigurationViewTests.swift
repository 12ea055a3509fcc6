import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("The view of a configuration")
struct ConfigurationViewTests {
    private static func view(of text: String) throws -> (json: TestJSON, text: String) {
        let configuration = try #require(try HostConfigurationTests.reading(text).configuration)
        let text = ConfigurationView.value(of: configuration, tradedInstruments: [], on: TradingDay(daysSinceEpoch: 20_000)).encoded
        return (try JSONDecoder().decode(TestJSON.self, from: Data(text.utf8)), text)
    }

    @Test("Plugins of every kind show what they were given beside what they have by default, and no secret")
    func plugins() throws {
        let text = HostConfigurationTests.complete.replacing(
            #"url: "https://example.org/alerts"}"#, with: #"url: "https://example.org/alerts", token: whisper-it-softly}"#)
        let (view, written) = try Self.view(of: text)
        #expect(view["broker"]["use"].text == "zerodha")
        #expect(view["broker"]["options"] == .object(["api_key": .text(Secret.redacted)]))
        #expect(view["storage"]["options"] == .object(["path": .text("a.db"), "busy_timeout": .text("5s")]))
        #expect(view["coordination"]["options"] == .object([:]))
        #expect(view["alerts"][0]["options"] == .object(["severity": .text("error")]))
        #expect(
            view["alerts"][1]["options"]
                == .object(["url": .text("https://example.org/alerts"), "token": .text(Secret.redacted)]))
        let alpha = view["instruments"]["ALPHA"]
        #expect(alpha["mode"].text == "live")
        #expect(alpha["sizing"]["options"] == .object(["lots": .number(2)]))
        #expect(alpha["rollover"]["options"] == .object(["days": .number(5)]))
        #expect(
            alpha["options"]
                == .object([
                    "root": .text("ALPHA"), "lot_size": .number(1), "point_value": .text("10"), "tick": .text("0.05"),
                    "initial_stop": .text("1"), "hours": .list([]), "squareoff": .text("00:00"), "bar": .text("1h"),
                    "expiry_days": .list([.text("thursday")]), "margins": .object([:]),
                    "lot_sizes": .list([.object(["from": .text("2025-01-01"), "units": .number(35)])]),
                ]))
        for secret in ["12345678", "whisper", "battery", "another-long-enough-token"] { #expect(!written.contains(secret)) }
    }

    @Test("What is left out shows its default, and what has none shows null")
    func defaults() throws {
        let view = try Self.view(of: HostConfigurationTests.minimal).json
        #expect(view["broker"]["options"]["slippage"].text == "0")
        #expect(view["broker"]["options"]["faults"] == .object(["reject": .text("0"), "duplicate": .flag(false)]))
        #expect(
            view["alerts"]
                == .list([.object(["use": .text("log"), "version": .text("1"), "options": .object(["severity": .text("warning")])])]))
        #expect(view["http"]["secret"] == .null && view["http"].members.keys.contains("secret"))
        #expect(view["http"]["body_limit"].text == "10 KiB")
        #expect(view["risk"]["orders"]["resolution"][0].text == "500ms")
        #expect(view["risk"]["rollover"]["hours"] == .null)
    }
}
