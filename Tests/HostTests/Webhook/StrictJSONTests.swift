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

    @Test("As many values as are allowed are read, and eight levels; the next value is where reading ends")
    func large() throws {
        func text(_ count: Int) -> [UInt8] { Array("{\((0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ","))}".utf8) }
        #expect(try StrictJSON.object(text(StrictJSON.mostValues)).members.count == StrictJSON.mostValues)
        #expect(try StrictJSON.object(Array(#"{"a":[[[[[[[1]]]]]]]}"#.utf8)).members.count == 1)
        let (document, fault) = StrictJSON.read(text(2_000))
        #expect(document.members.count == StrictJSON.mostValues && fault?.expected == "at most 128 values in one body")
        #expect(try StrictJSON.object(text(2_000), most: 2_000).members.count == 2_000)
        let nested = Array(#"{"a":[\#((0..<200).map(String.init).joined(separator: ","))]}"#.utf8)
        #expect(StrictJSON.read(nested).fault?.expected == "at most 128 values in one body")
    }

    @Test("What was read before a fault is there, so that a secret before it can be compared")
    func partial() {
        let (document, fault) = StrictJSON.read(Array(#"{"secret":"s","price":}"#.utf8))
        #expect(document.members == ["secret": .string("s")] && fault?.key == "price")
    }
}
