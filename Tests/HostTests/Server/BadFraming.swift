import Testing

/// One request that has two readings, or none.
struct BadFraming: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// The statuses it may be answered with; with 0 the connection may also just end.
    let statuses: Set<Int>
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ statuses: Set<Int> = [400]) {
        self.name = name
        bytes = Array(text.utf8)
        self.statuses = statuses
    }

    private static func head(_ lines: String, body: String = "{}") -> String {
        "POST /webhook HTTP/1.1\r\nHost: h\r\n\(lines)\r\n\(body)"
    }

    private static func get(_ target: String, _ version: String = "HTTP/1.1") -> String { "GET \(target) \(version)\r\nHost: h\r\n\r\n" }

    static let lengths = [
        BadFraming("two lengths that differ", head("Content-Length: 2\r\nContent-Length: 3\r\n")),
        BadFraming("two lengths that agree", head("Content-Length: 2\r\nContent-Length: 2\r\n")),
        BadFraming("a list of lengths", head("Content-Length: 2, 2\r\n")),
        BadFraming("a length with a sign", head("Content-Length: +2\r\n")),
        BadFraming("a negative length", head("Content-Length: -2\r\n")),
        BadFraming("a hexadecimal length", head("Content-Length: 0x2\r\n")),
        BadFraming("an empty length", head("Content-Length:\r\n")),
        BadFraming("a length beyond 64 bits", head("Content-Length: 18446744073709551618\r\n"), [400, 413]),
        BadFraming("1 GiB announced", head("Content-Length: 1073741824\r\n"), [413]),
        BadFraming("a byte more than the limit announced", head("Content-Length: 10241\r\n"), [413]),
        BadFraming(
            "a body that expects a go-ahead and is too large", head("Content-Length: 99999\r\nExpect: 100-continue\r\n", body: ""), [413]),
        BadFraming("length and chunked", head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", body: "2\r\n{}\r\n0\r\n\r\n")),
        BadFraming("chunked and length", head("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", body: "2\r\n{}\r\n0\r\n\r\n")),
        BadFraming("chunked", head("Transfer-Encoding: chunked\r\n", body: "2\r\n{}\r\n0\r\n\r\n"), [411]),
        BadFraming("a chunk extension", head("Transfer-Encoding: chunked\r\n", body: "2;a=b\r\n{}\r\n0\r\n\r\n"), [411]),
        BadFraming(
            "a chunk size that overflows", head("Transfer-Encoding: chunked\r\n", body: "ffffffffffffffff2\r\n{}\r\n0\r\n\r\n"), [411]),
        BadFraming("an unknown transfer encoding", head("Transfer-Encoding: cow\r\n")),
        BadFraming("transfer encoding identity", head("Content-Length: 2\r\nTransfer-Encoding: identity\r\n")),
        BadFraming("chunked with a vertical tab", head("Content-Length: 2\r\nTransfer-Encoding: \u{0B}chunked\r\n")),
        BadFraming("chunked after a list", head("Transfer-Encoding: gzip, chunked\r\n")),
        BadFraming("two transfer encodings", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
        BadFraming("chunked before the colon's blank", head("Content-Length: 2\r\nTransfer-Encoding : chunked\r\n")),
        BadFraming("a compressed body", head("Content-Length: 2\r\nContent-Encoding: gzip\r\n"), [415]),
        BadFraming("an unknown expectation", head("Content-Length: 2\r\nExpect: miracles\r\n"), [417]),
    ]

    static let lines = [
        BadFraming("a blank before the colon", head("Content-Length: 2\r\nX : y\r\n")),
        BadFraming("a tab before the colon", head("Content-Length: 2\r\nX\t: y\r\n")),
        BadFraming("bare line feeds", "POST /webhook HTTP/1.1\nHost: h\nContent-Length: 2\n\n{}"),
        BadFraming("a bare line feed after the request line", "POST /webhook HTTP/1.1\nHost: h\r\nContent-Length: 2\r\n\r\n{}"),
        BadFraming("a bare line feed between fields", "POST /webhook HTTP/1.1\r\nHost: h\nContent-Length: 2\r\n\r\n{}"),
        BadFraming("a bare line feed after the last field", "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\n\r\n{}"),
        BadFraming("a bare line feed as the empty line", "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\n{}"),
        BadFraming("a bare line feed as the empty line of a request without body", "GET /health HTTP/1.1\r\nHost: h\r\n\n"),
        BadFraming("a bare carriage return in a value", head("Content-Length: 2\r\nX: a\rb\r\n")),
        BadFraming("a field folded with a blank", head("Content-Length: 2\r\nX: a\r\n b\r\n")),
        BadFraming("a field folded with a tab", head("Content-Length: 2\r\nX: a\r\n\tb\r\n")),
        BadFraming("the last field folded", head("X: a\r\nContent-Length: \r\n 2\r\n")),
        BadFraming("a line without a colon", head("Content-Length: 2\r\nnothing\r\n")),
        BadFraming("a line that starts with a colon", head("Content-Length: 2\r\n: x\r\n")),
        BadFraming("a name that is no token", head("Content-Length: 2\r\nX(a): y\r\n")),
        BadFraming("a zero byte in a value", head("Content-Length: 2\r\nX: a\0b\r\n")),
        BadFraming("a zero byte in the last value of a request without body", "GET /health HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"),
        BadFraming("a zero byte in a name", head("Content-Length: 2\r\nX\0a: b\r\n")),
        BadFraming("a control character in a value", head("Content-Length: 2\r\nX: a\u{01}b\r\n")),
        BadFraming("a delete character in a value", head("Content-Length: 2\r\nX: a\u{7F}b\r\n")),
        BadFraming("no host", "POST /webhook HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"),
        BadFraming("two hosts", head("Host: g\r\nContent-Length: 2\r\n")),
        BadFraming("an empty host", "POST /webhook HTTP/1.1\r\nHost:\r\nContent-Length: 2\r\n\r\n{}"),
        BadFraming("a host with a path", "POST /webhook HTTP/1.1\r\nHost: h/x\r\nContent-Length: 2\r\n\r\n{}"),
        BadFraming("two authorizations", head("Content-Length: 2\r\nAuthorization: a\r\nAuthorization: b\r\n")),
    ]

    static let requestLines = [
        BadFraming("an absolute target", get("http://h/health")),
        BadFraming("an authority as target", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"),
        BadFraming("an asterisk as target", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
        BadFraming("TRACE", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"),
        BadFraming("a lower-case method", "get /health HTTP/1.1\r\nHost: h\r\n\r\n"),
        BadFraming("an unknown method", "BREW /health HTTP/1.1\r\nHost: h\r\n\r\n"),
        BadFraming("HTTP/0.9", "GET /health\r\n\r\n"),
        BadFraming("HTTP/1.0", get("/health", "HTTP/1.0"), [505]),
        BadFraming("HTTP/1.2", get("/health", "HTTP/1.2"), [505]),
        BadFraming("HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]),
        BadFraming("a lower-case protocol", get("/health", "http/1.1"), [400, 505]),
        BadFraming("a version without meaning", get("/health", "HTTP/one"), [400, 505]),
        BadFraming("two blanks in the request line", "GET  /health HTTP/1.1\r\nHost: h\r\n\r\n", [0, 400]),
        BadFraming("two blanks before the version", "GET /health  HTTP/1.1\r\nHost: h\r\n\r\n", [0, 400]),
        BadFraming("a tab in the request line", "GET\t/health\tHTTP/1.1\r\nHost: h\r\n\r\n", [0, 400]),
        BadFraming("a blank in the target", get("/hea lth"), [0, 400]),
        BadFraming("a zero byte in the target", get("/hea\0lth")),
        BadFraming("a control character in the target", get("/hea\u{01}lth")),
        BadFraming("a byte beyond ASCII in the target", get("/héalth")),
        BadFraming("a fragment", get("/health#x")),
        BadFraming("dot segments", get("/a/../health")),
        BadFraming("escaped dot segments", get("/a/%2e%2e/health")),
        BadFraming("an escaped slash", get("/a%2Fhealth")),
        BadFraming("an escaped backslash", get("/a%5Chealth")),
        BadFraming("an escaped zero byte", get("/health%00")),
        BadFraming("an escaped line break", get("/health%0d%0a")),
        BadFraming("an escape that is not UTF-8", get("/%ff%fe")),
        BadFraming("an overlong escape", get("/%c0%af")),
        BadFraming("half an escape", get("/health%2")),
        BadFraming("an escape of letters", get("/health%zz")),
        BadFraming("a query name twice", get("/health?a=1&a=2")),
        BadFraming("a query name beyond ASCII", get("/health?e%CC%81=1")),
        BadFraming("64 KiB of path", get("/" + String(repeating: "a", count: 65_536)), [0, 414]),
        BadFraming("3 KiB of path", get("/" + String(repeating: "a", count: 3_072)), [414]),
        BadFraming(
            "64 KiB of header", "GET /health HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 65_536))\r\n\r\n",
            [0, 400, 413, 431]),
        BadFraming(
            "1,000 fields", "GET /health HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X: y\r\n", count: 1_000))\r\n", [0, 400, 413, 431]),
        BadFraming("150 fields", "GET /health HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X: y\r\n", count: 150))\r\n", [431]),
    ]
}
