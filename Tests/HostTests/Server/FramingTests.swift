import Testing

@testable import munim

@Suite struct FramingTests {
    @Test(
        "Bad framing is refused without reaching the handler, the connection ends, and the next request succeeds",
        arguments: BadFraming.lengths + BadFraming.lines + BadFraming.requestLines)
    func refused(_ row: BadFraming) async throws {
        try await withServer { port, _ in
            // A good request first, so that the bad one is also not the first on its connection.
            let (first, status, isClosed) = await offPool {
                guard let client = RawClient(port: port) else { return (0, -1, false) }
                client.send(post())
                let first = client.answer()?.status ?? 0
                client.send(row.bytes)
                let answer = client.answer()
                return (first, answer?.status ?? 0, client.isClosed())
            }
            #expect(first == 200)
            #expect(row.statuses.contains(status), "answered \(status)")
            #expect(isClosed)
            #expect(await exchange(port, row.bytes)?.status ?? 0 != 200)
            #expect(await exchange(port, post(body: "{\"a\":1}"))?.text == "{\"a\":1}")
        }
    }

    @Test("A request in pieces of any size is read like one in a single piece", arguments: [1, 2, 3, 7, 50])
    func pieces(_ size: Int) async throws {
        try await withServer { port, _ in
            let bytes = post(body: "{\"price\": 52000}", headers: "X-Empty:\r\nX-Blank:  \t a b \r\nX-Tight:c\r\n")
            let answer = await offPool {
                guard let client = RawClient(port: port) else { return nil as RawClient.Answer? }
                for start in stride(from: 0, to: bytes.count, by: size) { client.send(bytes[start..<min(bytes.count, start + size)]) }
                return client.answer()
            }
            #expect(answer?.text == "{\"price\": 52000}")
        }
    }

    @Test("Pipelined requests are answered in order, and what follows a refused one is never read")
    func pipelined() async throws {
        try await withServer { port, _ in
            let texts = await offPool {
                guard let client = RawClient(port: port) else { return [] as [String] }
                client.send(
                    post(body: "1") + post(body: "22") + post(body: "333") + Array("GET /x HTTP/1.1\n\r\n".utf8) + post(body: "4444"))
                var texts: [String] = []
                while let answer = client.answer() { texts.append(answer.status == 200 ? answer.text : "\(answer.status)") }
                return texts
            }
            #expect(texts == ["1", "22", "333", "400"])
        }
    }

    @Test("A request keeps its decoded path, query, headers and peer; the answer carries its id")
    func faithful() async throws {
        let handler: HTTPHandler = { request in
            .text("\(request.id)|\(request.path)|\(request.query["q"] ?? "")|\(request.header("x-a") ?? "")|\(request.peer)")
        }
        try await withServer(handler: handler) { port, _ in
            let answer = await exchange(port, post("/a%20b/c/?q=1+1%3D2&r", headers: "X-A:  v w \r\n"))
            let id = answer?.text.prefix(8) ?? ""
            #expect(answer?.text.dropFirst(8) == #"|["a b", "c", ""]|1+1=2|v w|127.0.0.1"#)
            #expect(id.utf8.allSatisfy { $0 >= 48 && $0 <= 57 || $0 >= 97 && $0 <= 102 } && id.count == 8)
            #expect(answer?.head.contains("X-Request-Id: \(id)\r\n") == true)
        }
    }

    @Test(
        "No answer reveals what serves it",
        arguments: ["GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n", "GET /x\r\n\r\n"])
    func anonymous(_ text: String) async throws {
        try await withServer { port, _ in
            let answer = try #require(await exchange(port, Array(text.utf8)))
            let all = (answer.head + answer.text).lowercased()
            for word in ["server:", "microhttpd", "mhd", "swift", "munim"] { #expect(!all.contains(word)) }
        }
    }
}
