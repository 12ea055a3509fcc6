internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server that hands whole requests to an asynchronous handler.
///
/// The library's threads read and write sockets; a connection whose request is being handled is suspended and costs no thread. Start it, then
/// keep ``run()`` running: it owns the handlers' tasks and the time limits. Safe to use from anywhere.
final class HTTPServer: Sendable {
    /// What the lock protects.
    private struct State {
        var daemon: Daemon?
        var isStarted = false
        var isStopping = false
        /// Whether the grace is over: nothing is handed to the handler any more.
        var isAbandoning = false
        var connections: OpenConnections
    }

    private struct Exchange: Sendable {
        let connection: ServerConnection
        let request: HTTPRequest
    }

    let options: HTTPServerOptions
    private let limits: ServerLimits
    private let handler: HTTPHandler
    let requestID: @Sendable () -> String
    private let clock: any _Concurrency.Clock<Duration>
    private let state: Mutex<State>
    private let tick = Atomic<UInt64>(0)
    private let exchanges: AsyncStream<Exchange>
    private let arrivals: AsyncStream<Exchange>.Continuation

    /// A server that is not listening yet.
    init(
        options: HTTPServerOptions, clock: any _Concurrency.Clock<Duration> = ContinuousClock(),
        requestID: @escaping @Sendable () -> String = { Cryptography.hex(Cryptography.randomBytes(4)) }, handler: @escaping HTTPHandler
    ) {
        self.options = options
        state = Mutex(State(connections: OpenConnections(options)))
        self.clock = clock
        self.requestID = requestID
        self.handler = handler
        limits = ServerLimits(options)
        (exchanges, arrivals) = AsyncStream.makeStream()
    }

    /// Starts to listen and returns the port; requests wait until ``run()`` runs.
    func start() throws(HTTPServerError) -> Int {
        let version = Daemon.libraryVersion
        guard version.hasPrefix("0.9.") else { throw .unexaminedLibrary(version) }
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw .alreadyStarted }
        let started = options.address.withSocketAddress(port: options.port) { Daemon(options, at: $0, for: self) }
        guard let started else { throw .cannotListen(options.address, options.port, code: errno) }
        state.withLock { $0.daemon = started }
        return started.port
    }

    /// Handles requests and enforces the time limits until ``stop(grace:)`` is called or the task is cancelled; then nothing is open any more.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.enforceLimits() }
            for await exchange in exchanges {
                group.addTask { self.answer(exchange, with: await self.handler(exchange.request)) }
            }
            await stop(grace: .zero)
            group.cancelAll()
        }
    }

    /// Turns new connections away, lets requests on their way finish for at most `grace`, answers the rest with 503 and closes everything.
    ///
    /// A connection that comes during the grace is closed and none of its requests is handled; afterwards the system refuses it. Further calls
    /// return at once.
    func stop(grace: Duration) async {
        let daemon = state.withLock { state -> Daemon? in
            defer { state.isStopping = true }
            return state.isStopping ? nil : state.daemon
        }
        guard let daemon else { return }
        // The listening socket stays with the library until its threads have ended: MHD_quiesce_daemon would take it out of their epoll sets
        // while they do so themselves, and the library aborts the process when one of the two comes second.
        await drain(for: grace)
        if abandonAll() { await drain(for: .milliseconds(200)) }
        await daemon.stop()
        state.withLock { $0.daemon = nil }
        arrivals.finish()
    }

    /// Open connections at this moment.
    var connectionCount: Int { state.withLock { $0.connections.count } }

    private func drain(for grace: Duration) async {
        let step = Duration.milliseconds(10)
        var waited = Duration.zero
        while waited < grace, state.withLock({ $0.connections.all }).contains(where: \.isBusy) {
            guard (try? await clock.sleep(for: step)) != nil else { return }
            waited += step
        }
    }

    private func enforceLimits() async {
        while (try? await clock.sleep(for: options.tick)) != nil {
            let now = tick.add(1, ordering: .relaxed).newValue
            for connection in state.withLock({ $0.connections.all }) { connection.cutIfOverdue(at: now, limits: limits) }
        }
    }

    /// The tick of this moment.
    var now: UInt64 { tick.load(ordering: .relaxed) }

    private func answer(_ exchange: Exchange, with response: HTTPResponse) {
        var response = response.adding("X-Request-Id", exchange.request.id)
        if state.withLock({ $0.isStopping }) { response.closesConnection = true }
        settle(exchange.connection, with: response)
    }

    /// Ends the step `handling`, if it is that; returns whether it was.
    @discardableResult
    private func settle(_ connection: ServerConnection, with response: HTTPResponse) -> Bool {
        connection.withState { state in
            guard case .handling(let suspended) = state.step else { return false }
            state.step = .answered(response)
            // Under the lock, so that the daemon is not stopped between the two.
            suspended.resume()
            return true
        }
    }

    private func abandonAll() -> Bool {
        let connections = state.withLock { state in
            state.isAbandoning = true
            return state.connections.all
        }
        return connections.count { settle($0, with: .refusal(503, requestID: requestID())) } > 0
    }

    // MARK: - What the connections' steps need

    /// Remembers a connection; answers the one that has to go: one that waits longest when there are too many, and each new one while the server stops.
    func register(_ connection: ServerConnection) -> ServerConnection? {
        state.withLock { state in
            let victim = state.connections.add(connection)
            return state.isStopping ? connection : victim
        }
    }

    /// Forgets a connection that ended.
    func forget(_ connection: ServerConnection) { state.withLock { $0.connections.remove(connection) } }

    /// Remembers that the peer owes the next request.
    func waits(_ connection: ServerConnection, turn: UInt64) { state.withLock { $0.connections.noteWaiting(connection, turn: turn) } }

    /// Remembers bytes that a peer has to read; answers the connections that have to go for them.
    func noteUnread(_ connection: ServerConnection, turn: UInt64, bytes: Int) -> [ServerConnection] {
        state.withLock { $0.connections.noteUnread(connection, turn: turn, bytes: bytes) }
    }

    /// Forgets bytes that were read or given up.
    func settleUnread(_ bytes: Int) {
        guard bytes > 0 else { return }
        state.withLock { $0.connections.noteRead(bytes: bytes) }
    }

    /// Hands a whole request to the handler, unless the server gives up what is open.
    func handOn(_ request: HTTPRequest, of connection: ServerConnection) {
        // The step is entered before the flag is read, and the flag is set before the steps are: one of the two sees the other, so that no
        // connection stays suspended, which the library would answer to its end by aborting the process.
        guard !state.withLock({ $0.isAbandoning }) else {
            settle(connection, with: .refusal(503, requestID: request.id))
            return
        }
        arrivals.yield(Exchange(connection: connection, request: request))
    }
}
