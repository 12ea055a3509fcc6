import Glibc
import Synchronization
import Testing

@testable import munim

/// Handlers that wait at a gate until it is opened.
final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock {
                if !$0.isOpen { $0.waiting.append(continuation) }
                return $0.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Holds up the calling thread, which must be none of the pool, until so many wait.
    func waitForArrivals(_ count: Int) {
        while waitingCount < count { usleep(500) }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What a crowd of senders does to a server.
private final class Load: Sendable {
    let served = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)

    /// Sends requests on one connection until it ends.
    func send(to port: Int) {
        let client = RawClient(port: port)
        while !isOver.load(ordering: .relaxed), client?.send(post()) == true, client?.answer()?.status == 200 {
            served.add(1, ordering: .relaxed)
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct SuspensionTests {
    init() {
        OpenFiles.raiseLimit(to: 16_384)
    }

    static var options: HTTPServerOptions {
        var options = HTTPServerOptions.patient
        options.port = 0
        return options
    }

    private static let waitAtGate: @Sendable (Gate) -> HTTPHandler = { gate in
        { request in
            if request.path == ["wait"] { await gate.pass() }
            return HTTPResponse(status: 200, contentType: "text/plain", body: request.body)
        }
    }

    @Test("200 suspended and 2,000 idle connections hold up nobody, and all get their answers")
    func crowd() async throws {
        await offPool { OpenFileCrowd.enter() }
        defer { OpenFileCrowd.leave() }
        let gate = Gate()
        try await withServer(handler: Self.waitAtGate(gate)) { port, server in
            let idle = await offPool { (0..<2_000).compactMap { _ in RawClient(port: port) } }
            let suspended = await offPool {
                let clients = (0..<200).compactMap { _ in RawClient(port: port) }
                for (index, client) in clients.enumerated() { client.send(post("/wait", body: "\(index)")) }
                gate.waitForArrivals(200)
                return clients
            }
            #expect(idle.count == 2_000 && suspended.count == 200 && server.connectionCount >= 2_200)
            // New connections, and some of the idle ones, each several times while the others stay suspended.
            for round in 0..<100 { #expect(await exchange(port, post(body: "\(round)"))?.text == "\(round)") }
            let woken = await offPool {
                idle.enumerated().count { index, client in
                    client.send(post(body: "i\(index)"))
                    return client.answer()?.text == "i\(index)"
                }
            }
            #expect(woken == 2_000)
            gate.open()
            let answered = await offPool { suspended.enumerated().count { $1.answer()?.text == "\($0)" } }
            #expect(answered == 200)
        }
    }

    @Test("Ready connections beside ones that are being suspended are never skipped")
    func interleaved() async throws {
        let gate = Gate()
        try await withServer(handler: Self.waitAtGate(gate)) { port, _ in
            let served = await offPool {
                let pairs = (0..<150).compactMap { _ in RawClient(port: port).flatMap { left in RawClient(port: port).map { (left, $0) } } }
                // All at once, so that one pass of the event loop finds connections to suspend and others to serve side by side.
                for (index, (left, right)) in pairs.enumerated() {
                    left.send(post("/wait", body: "w\(index)"))
                    right.send(post(body: "s\(index)"))
                }
                let served = pairs.enumerated().count { $1.1.answer()?.text == "s\($0)" }
                gate.open()
                return served + pairs.enumerated().count { $1.0.answer()?.text == "w\($0)" }
            }
            #expect(served == 300)
        }
    }

    @Test("A graceful stop lets the request on its way finish and accepts no other")
    func gracefulStop() async throws {
        let gate = Gate()
        let server = HTTPServer(options: Self.options, handler: Self.waitAtGate(gate))
        let port = try server.start()
        let running = Task { await server.run() }
        let client = await offPool {
            let client = RawClient(port: port)
            client?.send(post("/wait", body: "late"))
            gate.waitForArrivals(1)
            return client
        }
        let stopping = Task { await server.stop(grace: .seconds(300)) }
        await offPool {
            while let stranger = RawClient(port: port), !stranger.isClosed(within: 2) {}
        }
        for _ in 0..<20 { #expect(await exchange(port, post("/wait", body: "too late")) == nil) }
        #expect(gate.waitingCount == 1)
        gate.open()
        #expect(await offPool { client?.answer()?.text } == "late")
        await stopping.value
        await running.value
        #expect(server.connectionCount == 0)
    }

    @Test("A stop without grace answers what is left with 503, and a late answer finds nothing to do")
    func hardStop() async throws {
        let gate = Gate()
        let server = HTTPServer(options: Self.options, handler: Self.waitAtGate(gate))
        let port = try server.start()
        let running = Task { await server.run() }
        let clients = await offPool {
            let clients = (0..<20).compactMap { _ in RawClient(port: port) }
            for client in clients { client.send(post("/wait")) }
            gate.waitForArrivals(20)
            return clients
        }
        await server.stop(grace: .zero)
        #expect(await offPool { clients.allSatisfy { $0.answer()?.status == 503 } })
        gate.open()
        await running.value
        await server.stop(grace: .zero)
    }

    @Test("A stop amid a stream of requests, on kept connections and on new ones, ends every one of them", arguments: 0..<40)
    func stopUnderLoad(_ round: Int) async throws {
        let server = HTTPServer(options: Self.options, handler: { .text($0.id) })
        let port = try server.start()
        let running = Task { await server.run() }
        let load = Load()
        await withTaskGroup { group in
            for lane in 0..<8 {
                group.addTask {
                    await offPool {
                        // Half of them begin anew whenever they are turned away, until the server is gone.
                        repeat { load.send(to: port) } while lane < 4 && !load.isOver.load(ordering: .relaxed)
                    }
                }
            }
            await offPool { while load.served.load(ordering: .relaxed) < 40 + round * 7 { usleep(500) } }
            await server.stop(grace: round.isMultiple(of: 2) ? .zero : .milliseconds(100))
            load.isOver.store(true, ordering: .relaxed)
        }
        await running.value
        #expect(server.connectionCount == 0)
    }

    @Test("A server that is cancelled closes everything, and one that was never run can be stopped")
    func cancelled() async throws {
        let server = HTTPServer(options: Self.options, handler: { _ in .text("") })
        let port = try server.start()
        let running = Task { await server.run() }
        #expect(await exchange(port, post())?.status == 200)
        running.cancel()
        await running.value
        #expect(server.connectionCount == 0)
        let idle = HTTPServer(options: Self.options, handler: { _ in .text("") })
        _ = try idle.start()
        await idle.stop(grace: .zero)
    }

    @Test("A port that is taken, and a second start, are refused with a sentence")
    func refusesToStart() async throws {
        try await withServer { port, server in
            let other = HTTPServer(options: HTTPServerOptions(port: UInt16(port)), handler: { _ in .text("") })
            let taken = #expect(throws: HTTPServerError.self) { try other.start() }
            let sentence = "\(try #require(taken))"
            #expect(sentence == "cannot listen on 127.0.0.1 port \(port): Address already in use")
            #expect(throws: HTTPServerError.self) { try server.start() }
        }
    }
}
