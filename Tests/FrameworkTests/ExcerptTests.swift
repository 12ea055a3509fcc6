import MunimKit
import Testing

@Suite("Text from outside in messages")
struct ExcerptTests {
    @Test(
        "What could drive a terminal, turn a line or hide in it is written as its number",
        arguments: [
            ("\u{1b}[31m", #""\u{1b}[31m""#), ("\u{9b}31m", #""\u{9b}31m""#), ("\u{85}", #""\u{85}""#), ("\u{7f}", #""\u{7f}""#),
            ("a\u{202e}b", #""a\u{202e}b""#), ("\u{2066}x\u{2069}", #""\u{2066}x\u{2069}""#), ("\u{200b}", #""\u{200b}""#),
            ("\u{feff}", #""\u{feff}""#), ("\u{2028}", #""\u{2028}""#), ("\u{a0}", #""\u{a0}""#), ("\u{3164}", #""\u{3164}""#),
            ("\u{e000}", #""\u{e000}""#), ("\u{fe0f}", #""\u{fe0f}""#), ("\r\n", #""\u{d}\u{a}""#), ("a\"b", #""a\u{22}b""#),
            ("e\u{301}\u{323}\u{301}", "\"e\u{301}\u{323}\\u{301}\""), ("निकास é ß 5 %", #""निकास é ß 5 %""#), ("", "\"\""),
        ])
    func escaped(_ text: String, _ shown: String) {
        #expect(Array(Excerpt.quoted(text).unicodeScalars) == Array(shown.unicodeScalars))
        #expect(Array(Excerpt.visible(text).unicodeScalars) == Array(shown.unicodeScalars.dropFirst().dropLast()) || text.contains("\""))
    }

    @Test("An excerpt is as long as asked for, counted in what a reader of bytes counts")
    func bounded() {
        #expect(Excerpt.quoted(String(repeating: "x", count: 40)) == "\"" + String(repeating: "x", count: 40) + "\"")
        #expect(Excerpt.quoted(String(repeating: "x", count: 41)) == "\"" + String(repeating: "x", count: 40) + "…\"")
        #expect(Excerpt.quoted("abcdef", longest: 3) == #""abc…""#)
        #expect(Excerpt.visible("abcdef", limit: 3) == "abc" && Excerpt.visible("abcdef") == "abcdef")
        let pile = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(Excerpt.quoted(pile).utf8.count < 400)
    }
}
