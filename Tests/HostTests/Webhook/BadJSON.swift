import Testing

@testable import munim

/// A body that is no acceptable JSON, and what the message must say.
struct BadJSON: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let says: String

    init(_ name: String, _ text: String, says: String) {
        self.init(name, bytes: Array(text.utf8), says: says)
    }

    init(_ name: String, bytes: [UInt8], says: String) {
        testDescription = name
        self.bytes = bytes
        self.says = says
    }

    private static let deep = 100_000

    static let shapes = [
        BadJSON("empty", "", says: "found the end at byte 0, expected a JSON object"),
        BadJSON("blanks only", " \r\n\t ", says: "found the end at byte 5, expected a JSON object"),
        BadJSON("an array", #"[{"type":"EXIT"}]"#, says: "expected a JSON object"),
        BadJSON("a string", #""EXIT""#, says: "expected a JSON object"),
        BadJSON("a number", "1", says: #"found "1" at byte 0, expected a JSON object"#),
        BadJSON("null", "null", says: #"found "null" at byte 0"#),
        BadJSON("true", "true", says: "expected a JSON object"),
        BadJSON("plain text", "Buy now", says: "expected a JSON object"),
        BadJSON("an open object", "{", says: "expected a key in double quotes"),
        BadJSON("a missing value", #"{"price":}"#, says: "price: found"),
        BadJSON("a missing colon", #"{"price" 1}"#, says: "expected a colon after the key"),
        BadJSON("a bare key", "{price:1}", says: "expected a key in double quotes"),
        BadJSON("single quotes", "{'price':1}", says: "expected a key in double quotes"),
        BadJSON("a missing comma", #"{"a":1 "b":2}"#, says: "expected a comma or the end of the object"),
        BadJSON("two commas", #"{"a":1,,"b":2}"#, says: "expected a key"),
        BadJSON("a trailing comma", #"{"a":1,}"#, says: "expected a key"),
        BadJSON("a trailing comma in an array", #"{"a":[1,]}"#, says: "a: found"),
        BadJSON("an object at depth 100,000", String(repeating: #"{"a":"#, count: deep), says: "at most 8 levels"),
        BadJSON("an array at depth 100,000", #"{"a":"# + String(repeating: "[", count: deep), says: "at most 8 levels"),
        BadJSON("a ninth level", #"{"a":[[[[[[[[1]]]]]]]]}"#, says: "at most 8 levels"),
        BadJSON("the type twice", #"{"type":"EXIT","type":"PYRAMID"}"#, says: #"found the key "type" a second time"#),
        BadJSON("the secret twice", #"{"secret":"a","secret":"b"}"#, says: #"found the key "secret" a second time"#),
        BadJSON("a key twice, once escaped", #"{"type":1,"\u0074ype":2}"#, says: #"found the key "type" a second time"#),
        BadJSON("a nested key twice", #"{"a":{"b":1,"b":2}}"#, says: "a second time"),
        BadJSON("data after the end", #"{"a":1}{"b":2}"#, says: "expected nothing after the object"),
        BadJSON("a zero byte after the end", "{}\0", says: "expected nothing after the object"),
        BadJSON("a line comment", "{\"a\":1 // x\n}", says: "expected a comma or the end of the object"),
        BadJSON("a block comment", #"/* x */{"a":1}"#, says: "expected a JSON object"),
        BadJSON("a byte-order mark", bytes: [0xEF, 0xBB, 0xBF] + Array("{}".utf8), says: "expected a JSON object"),
        BadJSON("UTF-16", bytes: [0xFF, 0xFE, 0x7B, 0, 0x7D, 0], says: "bytes that are not UTF-8"),
        BadJSON("UTF-16 without mark", bytes: [0x7B, 0, 0x7D, 0], says: "expected a key in double quotes"),
        BadJSON("UTF-32", bytes: [0x7B, 0, 0, 0, 0x7D, 0, 0, 0], says: "expected a key in double quotes"),
        BadJSON("an invalid byte", bytes: Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8), says: "bytes that are not UTF-8"),
        BadJSON("an overlong byte pair", bytes: Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8), says: "not UTF-8"),
        BadJSON("a surrogate in UTF-8", bytes: Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8), says: "not UTF-8"),
        BadJSON("a lone high surrogate", #"{"a":"\ud800"}"#, says: "a: found"),
        BadJSON("a lone low surrogate", #"{"a":"\udc00"}"#, says: "expected surrogates in pairs"),
        BadJSON("two low surrogates", #"{"a":"\udc00\udc00"}"#, says: "expected surrogates in pairs"),
        BadJSON("two high surrogates", #"{"a":"\ud800\ud800"}"#, says: "expected surrogates in pairs"),
        BadJSON("an escaped zero character", #"{"a":"\u0000"}"#, says: #"expected no \u0000"#),
        BadJSON("a raw line break in a string", "{\"a\":\"b\r\nc\"}", says: "expected no control character"),
        BadJSON("a raw zero in a string", "{\"a\":\"b\0c\"}", says: "expected no control character"),
        BadJSON("an unknown escape", #"{"a":"\x41"}"#, says: "expected an escape that JSON knows"),
        BadJSON("half an escape", #"{"a":"\u00"}"#, says: "four hexadecimal digits"),
        BadJSON("full-width hexadecimal digits", #"{"a":"\u００41"}"#, says: "four hexadecimal digits"),
        BadJSON("an open string", #"{"a":"b"#, says: "expected the closing quote"),
        BadJSON("a leading zero", #"{"a":01}"#, says: "without leading zeros"),
        BadJSON("a leading plus", #"{"a":+1}"#, says: "the bare word"),
        BadJSON("a leading point", #"{"a":.5}"#, says: "expected a value"),
        BadJSON("a trailing point", #"{"a":5.}"#, says: "a digit after the decimal point"),
        BadJSON("an empty exponent", #"{"a":5e}"#, says: "a digit in the exponent"),
        BadJSON("a hexadecimal number", #"{"a":0x1p3}"#, says: "expected a comma"),
        BadJSON("a lone minus", #"{"a":-}"#, says: "expected a number"),
        BadJSON("an unknown word", #"{"a":undefined}"#, says: #"the bare word "undefined""#),
        BadJSON(
            "a key of combining characters", "{\"e" + String(repeating: "\u{301}\u{323}", count: 2_500) + "\":1}",
            says: "a key of 10001 bytes"),
        BadJSON(
            "a short key of combining characters", "{\"e\u{301}\":1}", says: "a key beyond ASCII at byte 1, expected a key of at most 64"),
        BadJSON("a key that is not ASCII, escaped", #"{"\u00e9":1}"#, says: "a key beyond ASCII"),
        BadJSON("a key of 65 characters", "{\"" + String(repeating: "k", count: 65) + "\":1}", says: "found a key of 65 bytes at byte 1"),
        BadJSON("a nested key that is not ASCII", #"{"note":{"é":1}}"#, says: "note: found a key beyond ASCII"),
        BadJSON("a number of 5,000 digits", #"{"a":"# + String(repeating: "9", count: 5_000) + "}", says: "at most 64 characters"),
        BadJSON("a number of 1 MiB", #"{"a":"# + String(repeating: "9", count: 1 << 20) + "}", says: "at most 64 characters"),
        BadJSON("an unfinished string of 1 MiB", #"{"a":""# + String(repeating: "x", count: 1 << 20), says: "the closing quote"),
    ]
}
