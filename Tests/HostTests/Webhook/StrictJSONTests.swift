import Testing

@testable import munim

@Suite struct StrictJSONTests {
    @Test("A body that is no acceptable JSON is refused with 400 and says where and why", arguments: BadJSON.shapes)
    func refused(_ row: BadJSON) throws {
        guard case .failure(let faults) = WebhookParse.parse(row.bytes) else {
            Issue.record("it was taken")
            return
        }
        #expect(faults.status == 400 && faults.faults.count == 1 && faults.isUnreadable)
        let message = try #require(faults.faults.first).description
        #expect(message.contains(row.says), "\(message)")
        #expect(message.utf8.count < 300)
    }

    @Test("Values keep their digits, escapes become characters, and keys are encoded in one order")
    func encodes() throws {
        let text = #" { "z" : [ 1.50 , -0, 1E+2 , "\u00e9\ud83d\ude00\/\n" ] , "a":{"d":true,"c":null} } "#
        let document = try StrictJSON.object(Array(text.utf8))
        #expect(JSONValue.object(document.members).encoded == #"{"a":{"c":null,"d":true},"z":[1.50,-0,1E+2,"é😀/\n"]}"#)
    }

    @Test("What was encoded reads as the same value", arguments: [#"{"a":"\u0001\u001f\u007f\"\\"}"#, #"{"a":[[],{},[{"b":[]}]]}"#, "{}"])
    func roundTrip(_ text: String) throws {
        let members = try StrictJSON.object(Array(text.utf8)).members
        #expect(try StrictJSON.object(Array(JSONValue.object(members).encoded.utf8)).members == members)
    }

    @Test("Two thousand keys are read, and eight levels")
    func large() throws {
        let text = "{" + (0..<2_000).map { "\"k\($0)\":[[[[[[[\($0)]]]]]]]" }.joined(separator: ",") + "}"
        #expect(try StrictJSON.object(Array(text.utf8)).members.count == 2_000)
    }
}
