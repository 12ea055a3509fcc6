import Glibc
import Synchronization
import Testing

@testable import munim

/// Peers that are slow, greedy or gone.
@Suite(.timeLimit(.minutes(5))) struct GreedTests {
    private static var impatient: HTTPServerOptions {
        var options = HTTPServerOptions()
        options.headLimit = .milliseconds(200)
        options.bodyLimit = .milliseconds(200)
        options.idleLimit = .milliseconds(400)
        options.answerLimit = .milliseconds(400)
        options.tick = .milliseconds(20)
        return options
    }

    private static var impatientWithFewConnections: HTTPServerOptions {
        var options = impatient
        options.connections = 20
        return options
    }

    /// What arrives first, and what then drips, one byte at a time, for ever.
    struct Drip: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let start: String
        let drop: String
    }

    @Test(
        "A request that drips in is cut off at the limit, however steadily it drips, and the next request succeeds",
        arguments: [
            Drip(testDescription: "nothing at all", start: "", drop: ""),
            Drip(testDescription: "the request line", start: "GET /", drop: "a"),
            Drip(testDescription: "empty lines", start: "", drop: "\r\n"),
            Drip(testDescription: "the head", start: "GET / HTTP/1.1\r\nHost: h\r\nX: ", drop: "a"),
            Drip(testDescription: "the body", start: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n", drop: "a"),
            Drip(testDescription: "a second request", start: "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /", drop: "a"),
        ])
    func drips(_ row: Drip) async throws {
        let clock = HeldClock()
        try await withServer(Self.impatient, clock: clock) { port, _ in
            let isCut = await offPool {
                guard let client = RawClient(port: port) else { return false }
                client.send(row.start)
                // Until the server closes, which the time limit of the suite waits for.
                while !client.isClosed(within: 5) {
                    client.send(row.drop)
                    clock.advance(by: Self.impatient.tick)
                }
                return true
            }
            #expect(isCut)
            #expect(await exchange(port, post())?.status == 200)
        }
    }

    @Test("A body shorter than announced never reaches the handler; a longer one is not read into it")
    func shortAndLong() async throws {
        let seen = Mutex<[String]>([])
        let clock = HeldClock()
        try await withServer(
            Self.impatient, clock: clock,
            handler: { request in
                seen.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
                return .text("")
            }
        ) { port, _ in
            await offPool {
                guard let client = RawClient(port: port) else { return }
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{}")
                client.finishSending()
                while !client.isClosed(within: 5) { clock.advance(by: Self.impatient.tick) }
            }
            let long = await offPool {
                guard let client = RawClient(port: port) else { return [0] }
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}{\"smuggled\":1}\r\n\r\n")
                return [client.answer()?.status ?? 0, client.answer()?.status ?? 0]
            }
            #expect(long[0] == 200 && long[1] != 200)
            #expect(await exchange(port, post(body: "[]"))?.status == 200)
        }
        #expect(seen.withLock { $0 } == ["{}", "[]"])
    }

    @Test("A sender that stops sending after a whole request still gets its answer")
    func halfClose() async throws {
        try await withServer { port, _ in
            let answer = await offPool {
                guard let client = RawClient(port: port) else { return nil as RawClient.Answer? }
                client.send(post(body: "{\"a\":1}"))
                client.finishSending()
                return client.answer()
            }
            #expect(answer?.text == "{\"a\":1}")
        }
    }

    @Test("A peer that never reads its large answer is cut off, and others are served meanwhile")
    func neverReads() async throws {
        let large = HTTPResponse(status: 200, contentType: "text/plain", body: [UInt8](repeating: 97, count: 16_000_000))
        let clock = HeldClock()
        try await withServer(
            Self.impatient, clock: clock, handler: { $0.path == ["large"] ? large : .text("small") }
        ) { port, server in
            let client = RawClient(port: port, receiveBuffer: 1_024)
            client?.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
            for _ in 0..<20 { #expect(await exchange(port, post("/small"))?.text == "small") }
            await offPool {
                while server.connectionCount > 0 {
                    clock.advance(by: Self.impatient.tick)
                    usleep(1_000)
                }
            }
            #expect(client != nil && server.connectionCount == 0)
        }
    }

    @Test("A peer that is gone before its answer does no harm")
    func gone() async throws {
        try await withServer { port, _ in
            await offPool {
                for _ in 0..<200 { RawClient(port: port)?.send(post()) }
            }
            #expect(await exchange(port, post())?.status == 200)
        }
    }

    /// As many clients as are asked for, each with its first request answered.
    private static func served(_ count: Int, port: Int) -> [RawClient] {
        (0..<count).compactMap { _ in
            guard let client = RawClient(port: port), client.send(post()), client.answer()?.status == 200 else { return nil }
            return client
        }
    }

    @Test("For a connection beyond the limit of one address its oldest idle one is closed, and the new one is served")
    func perAddress() async throws {
        var options = HTTPServerOptions.patient
        options.connectionsPerAddress = 3
        try await withServer(options) { port, _ in
            let (isOldestClosed, others) = await offPool { () -> (Bool, Int) in
                var clients = Self.served(4, port: port)
                guard clients.count == 4 else { return (false, 0) }
                let isClosed = clients.removeFirst().isClosed()
                for client in clients { client.send(post()) }
                return (isClosed, clients.count { $0.answer()?.status == 200 })
            }
            #expect(isOldestClosed && others == 3)
        }
    }

    @Test("Who has just sent a request is not the oldest idle one any more")
    func oldest() async throws {
        var options = HTTPServerOptions.patient
        options.connections = 3
        try await withServer(options) { port, _ in
            let isSecondClosed = await offPool { () -> Bool in
                let clients = Self.served(3, port: port)
                guard clients.count == 3, clients[0].send(post()), clients[0].answer()?.status == 200 else { return false }
                guard Self.served(1, port: port).count == 1, clients[1].isClosed() else { return false }
                return clients[0].send(post()) && clients[0].answer()?.status == 200
            }
            #expect(isSecondClosed)
        }
    }

    @Test(
        "A flood of connections that owe a request never keeps another one waiting: the oldest is closed, before any limit of time",
        arguments: ["", "GET /", "GET / HTTP/1.1\r\nHost: h\r\nX: ", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"])
    func flood(_ start: String) async throws {
        // The clock stands still, so that nothing ends by itself.
        let clock = HeldClock()
        try await withServer(Self.impatientWithFewConnections, clock: clock) { port, server in
            let clients = await offPool { () -> [RawClient] in
                (0..<400).compactMap { _ in
                    let client = RawClient(port: port)
                    client?.send(start)
                    return client
                }
            }
            #expect(clients.count == 400)
            for _ in 0..<20 { #expect(await exchange(port, post())?.status == 200) }
            #expect(await offPool { clients.count { $0.isClosed(within: 0) } } >= 300)
            _ = server
        }
    }

    @Test("Requests that are being worked on are not closed for others")
    func working() async throws {
        var options = HTTPServerOptions.patient
        options.connections = 8
        let gate = Gate()
        try await withServer(
            options,
            handler: { request in
                if request.body == Array("wait".utf8) { await gate.pass() }
                return .text("done")
            }
        ) { port, _ in
            let waiting = await offPool {
                let clients = (0..<8).compactMap { _ in RawClient(port: port) }
                for client in clients { client.send(post(body: "wait")) }
                gate.waitForArrivals(8)
                return clients
            }
            // One more finds no place, and says so at once.
            #expect(await offPool { RawClient(port: port)?.isClosed() ?? true })
            gate.open()
            #expect(await offPool { waiting.count { $0.answer()?.text == "done" } } == 8)
            #expect(await exchange(port, post())?.status == 200)
        }
    }

    @Test("Answers that nobody reads are given up when they are too many bytes together, those of who reads longest first")
    func unread() async throws {
        var options = HTTPServerOptions.patient
        options.answerBytes = 8_000_000
        options.unsentBytes = 20_000_000
        let large = HTTPResponse(status: 200, contentType: "text/plain", body: [UInt8](repeating: 97, count: 8_000_000))
        try await withServer(options, handler: { $0.path == ["large"] ? large : .text("small") }) { port, _ in
            let (first, last) = await offPool { () -> (Bool, RawClient.Answer?) in
                var clients: [RawClient] = []
                for _ in 0..<3 {
                    guard let client = RawClient(port: port, receiveBuffer: 1_024) else { return (false, nil) }
                    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
                    // Its first byte says that the answer is on its way.
                    guard client.head()?.status == 200 else { return (false, nil) }
                    clients.append(client)
                }
                let isFirstClosed = clients[0].isClosed()
                return (isFirstClosed, clients[2].rest(of: 8_000_000))
            }
            #expect(first && last?.body.count == 8_000_000)
            #expect(await exchange(port, post("/small"))?.text == "small")
        }
    }

    @Test("An answer larger than any may be is not sent")
    func tooLargeAnswer() async throws {
        var options = HTTPServerOptions.patient
        options.answerBytes = 1_000
        try await withServer(options) { port, _ in
            #expect(await exchange(port, post(body: String(repeating: "a", count: 1_000)))?.status == 200)
            #expect(await exchange(port, post(body: String(repeating: "a", count: 1_001)))?.status == 500)
        }
    }
}
