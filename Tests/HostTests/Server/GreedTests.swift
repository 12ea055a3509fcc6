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

    @Test("Connections beyond the limit of one address are refused, and its other connections go on")
    func perAddress() async throws {
        var options = HTTPServerOptions.patient
        options.connectionsPerAddress = 3
        try await withServer(options) { port, _ in
            let (kept, isRefused) = await offPool {
                let clients = (0..<3).compactMap { _ in RawClient(port: port) }
                for client in clients { client.send(post()) }
                let before = clients.allSatisfy { $0.answer()?.status == 200 }
                let isRefused = RawClient(port: port)?.isClosed() ?? true
                for client in clients { client.send(post()) }
                return (before && clients.allSatisfy { $0.answer()?.status == 200 }, isRefused)
            }
            #expect(kept && isRefused)
        }
    }

    @Test("A flood beyond the connection limit waits, and is served when the idle ones are cut off")
    func flood() async throws {
        let options = Self.impatientWithFewConnections
        let clock = HeldClock()
        try await withServer(options, clock: clock) { port, server in
            let clients = await offPool { (0..<60).compactMap { _ in RawClient(port: port) } }
            #expect(clients.count == 60 && server.connectionCount <= 20)
            await offPool {
                for client in clients {
                    while !client.isClosed(within: 5) { clock.advance(by: options.tick) }
                }
            }
            #expect(await exchange(port, post())?.status == 200)
        }
    }
}
