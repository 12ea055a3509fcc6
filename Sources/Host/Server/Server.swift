internal import CMicrohttpd
internal import Glibc
internal import MunimKit
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
        var connections: [ObjectIdentifier: ServerConnection] = [:]
    }

    /// The library's handle; it has its own locks.
    private struct Daemon: @unchecked Sendable {
        let handle: OpaquePointer
    }

    /// Waits for the library's threads on a thread of its own.
    private actor Teardown {
        nonisolated let executor = BlockingExecutor(label: "http-teardown")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func stop(_ daemon: Daemon) { MHD_stop_daemon(daemon.handle) }
    }

    private struct Exchange: Sendable {
        let connection: ServerConnection
        let request: HTTPRequest
    }

    private let options: HTTPServerOptions
    private let limits: ServerLimits
    private let handler: HTTPHandler
    private let requestID: @Sendable () -> String
    private let clock: any _Concurrency.Clock<Duration>
    private let state = Mutex(State())
    private let tick = Atomic<UInt64>(0)
    private let exchanges: AsyncStream<Exchange>
    private let arrivals: AsyncStream<Exchange>.Continuation

    /// A server that is not listening yet.
    init(
        options: HTTPServerOptions, clock: any _Concurrency.Clock<Duration> = ContinuousClock(),
        requestID: @escaping @Sendable () -> String = { Cryptography.hex(Cryptography.randomBytes(4)) }, handler: @escaping HTTPHandler
    ) {
        self.options = options
        self.clock = clock
        self.requestID = requestID
        self.handler = handler
        limits = ServerLimits(options)
        (exchanges, arrivals) = AsyncStream.makeStream()
    }

    /// Starts to listen and returns the port; requests wait until ``run()`` runs.
    func start() throws(HTTPServerError) -> Int {
        let version = String(cString: MHD_get_version())
        guard version.hasPrefix("0.9.") else { throw .unexaminedLibrary(version) }
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw .alreadyStarted }
        let started = options.address.withSocketAddress(port: options.port) { launch(at: $0) }
        guard let started else { throw .cannotListen(options.address, options.port, code: errno) }
        state.withLock { $0.daemon = Daemon(handle: started) }
        return Int(CMicrohttpd_port(started))
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
        await Teardown().stop(daemon)
        state.withLock { $0.daemon = nil }
        arrivals.finish()
    }

    /// Open connections at this moment.
    var connectionCount: Int { state.withLock { $0.connections.count } }

    private func drain(for grace: Duration) async {
        let step = Duration.milliseconds(10)
        var waited = Duration.zero
        while waited < grace, state.withLock({ Array($0.connections.values) }).contains(where: \.isBusy) {
            guard (try? await clock.sleep(for: step)) != nil else { return }
            waited += step
        }
    }

    private func enforceLimits() async {
        while (try? await clock.sleep(for: options.tick)) != nil {
            let now = tick.add(1, ordering: .relaxed).newValue
            for connection in state.withLock({ Array($0.connections.values) }) { connection.cutIfOverdue(at: now, limits: limits) }
        }
    }

    private var now: UInt64 { tick.load(ordering: .relaxed) }

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
            MHD_resume_connection(suspended.handle)
            return true
        }
    }

    private func abandonAll() -> Bool {
        let connections = state.withLock { state in
            state.isAbandoning = true
            return Array(state.connections.values)
        }
        return connections.count { settle($0, with: .refusal(503, requestID: requestID())) } > 0
    }
}

// What the library calls, on its own threads.
extension HTTPServer {
    private func launch(at address: UnsafePointer<sockaddr>) -> OpaquePointer? {
        var setup = CMicrohttpd_Setup()
        let version6 = options.address.isVersion6 ? MHD_USE_IPv6.rawValue : 0
        setup.flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | version6
        setup.address = address
        setup.threads = UInt32(clamping: max(2, options.threads))
        setup.connections = UInt32(clamping: options.connections)
        setup.connectionsPerAddress = UInt32(clamping: options.connectionsPerAddress)
        setup.memoryPerConnection = options.headBytes
        // The daemon ends before `stop` returns, and whoever runs the server holds it until then.
        setup.context = Unmanaged.passUnretained(self).toOpaque()
        setup.lineRead = { context, target, handle in
            if let context, let target, let connection = HTTPServer.connection(of: handle) {
                HTTPServer.of(context).readLine(target, on: connection)
            }
            return nil
        }
        setup.unescape = { _, _, text in text.map { strlen($0) } ?? 0 }
        setup.answer = { context, handle, _, method, version, bytes, count, _ in
            guard let context, let handle, let method, let version, let count, let connection = HTTPServer.connection(of: handle) else {
                return .NO
            }
            let body = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count.pointee)
            count.pointee = 0
            return HTTPServer.of(context).advance(connection, handle, head: (method, version), body: body)
        }
        setup.completed = { context, handle, _, _ in
            if let context, let connection = HTTPServer.connection(of: handle) { HTTPServer.of(context).finishRequest(on: connection) }
        }
        setup.connectionChanged = { context, handle, slot, change in
            guard let context, let handle, let slot else { return }
            HTTPServer.of(context).note(change, of: handle, slot)
        }
        return CMicrohttpd_start(&setup)
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> HTTPServer {
        Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    }

    private static func connection(of handle: OpaquePointer?) -> ServerConnection? {
        CMicrohttpd_context(handle).map { Unmanaged<ServerConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func note(
        _ change: MHD_ConnectionNotificationCode, of handle: OpaquePointer, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) {
        if change == .CONNECTION_NOTIFY_STARTED {
            let peer = CMicrohttpd_peer(handle).flatMap { IPAddress($0) } ?? .unspecified
            let connection = ServerConnection(peer: peer, socket: CMicrohttpd_socket(handle), tick: now)
            slot.pointee = Unmanaged.passRetained(connection).toOpaque()
            let comesLate = state.withLock { state in
                state.connections[ObjectIdentifier(connection)] = connection
                return state.isStopping
            }
            if comesLate { connection.cut() }
        } else if let raw = slot.pointee {
            slot.pointee = nil
            let connection = Unmanaged<ServerConnection>.fromOpaque(raw).takeRetainedValue()
            connection.close()
            state.withLock { $0.connections[ObjectIdentifier(connection)] = nil }
        }
    }

    private func readLine(_ target: UnsafePointer<CChar>, on connection: ServerConnection) {
        connection.enter(.line(target: Self.bytes(target), address: Int(bitPattern: target)), tick: now)
    }

    private func finishRequest(on connection: ServerConnection) {
        connection.withState { state in
            state.step = .idle
            state.isReused = true
            state.since = now
        }
    }

    /// Called for the head, for each piece of the body, at its end, and again after each resumption.
    private func advance(
        _ connection: ServerConnection, _ handle: OpaquePointer, head: (UnsafePointer<CChar>, UnsafePointer<CChar>),
        body: UnsafeRawBufferPointer
    ) -> MHD_Result {
        let (step, isCut) = connection.withState { ($0.step, $0.isCut) }
        guard !isCut else { return .NO }
        switch step {
        case .line(let target, let address):
            return accept(rawHead(of: handle, head, target: target, at: address), on: connection, handle)
        case .body(let accepted, let bytes) where !body.isEmpty:
            guard bytes.count + body.count <= accepted.bodyLength else { return .NO }
            connection.withState { $0.step = .body(accepted, bytes + body) }
            return .YES
        case .body(let accepted, let bytes):
            submit(accepted, body: bytes, on: connection, handle)
            return .YES
        case .answered(let response): return queue(response, on: handle)
        case .handling: return .YES
        case .idle: return .NO
        }
    }

    private func accept(_ raw: RawHead, on connection: ServerConnection, _ handle: OpaquePointer) -> MHD_Result {
        do throws(HeadFault) {
            let head = try RequestHead(raw, options: options)
            connection.enter(.body(head, []), tick: now)
            return .YES
        } catch {
            let id = requestID()
            let refusal = HTTPResponse.refusal(error.rawValue, requestID: id).adding("X-Request-Id", id)
            connection.enter(.answered(refusal), tick: now)
            return queue(refusal, on: handle)
        }
    }

    private func submit(_ head: RequestHead, body: [UInt8], on connection: ServerConnection, _ handle: OpaquePointer) {
        let request = HTTPRequest(
            id: requestID(), method: head.method, path: head.target.path, query: head.target.query, headers: head.headers, body: body,
            peer: connection.peer)
        MHD_suspend_connection(handle)
        connection.enter(.handling(SuspendedConnection(handle: handle)), tick: now)
        // The step is entered before the flag is read, and the flag is set before the steps are: one of the two sees the other, so that no
        // connection stays suspended, which the library would answer to its end by aborting the process.
        guard !state.withLock({ $0.isAbandoning }) else {
            settle(connection, with: .refusal(503, requestID: request.id))
            return
        }
        arrivals.yield(Exchange(connection: connection, request: request))
    }

    private func rawHead(
        of handle: OpaquePointer, _ head: (UnsafePointer<CChar>, UnsafePointer<CChar>), target: [UInt8], at address: Int
    ) -> RawHead {
        let start = Int(bitPattern: head.0)
        var fields = FieldList(start: start)
        withUnsafeMutablePointer(to: &fields) { list in
            _ = MHD_get_connection_values_n(
                handle, .HEADER_KIND,
                { list, _, name, nameCount, value, valueCount in
                    list?.assumingMemoryBound(to: FieldList.self).pointee.append((name, nameCount), (value, valueCount))
                    return .YES
                }, list)
        }
        return RawHead(
            method: Self.bytes(head.0), target: RawHead.Part(offset: address &- start, bytes: target),
            version: RawHead.Part(offset: Int(bitPattern: head.1) &- start, bytes: Self.bytes(head.1)), fields: fields.fields,
            size: CMicrohttpd_header_size(handle))
    }

    private func queue(_ response: HTTPResponse, on handle: OpaquePointer) -> MHD_Result {
        var body = response.body
        let made = body.withUnsafeMutableBytes { MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY) }
        guard let made else { return .NO }
        defer { MHD_destroy_response(made) }
        MHD_add_response_header(made, "Content-Type", response.contentType)
        MHD_add_response_header(made, "X-Content-Type-Options", "nosniff")
        for field in response.headers { MHD_add_response_header(made, field.name, field.value) }
        if response.closesConnection { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(handle, UInt32(clamping: min(599, max(200, response.status))), made)
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] { Array(UnsafeRawBufferPointer(start: text, count: strlen(text))) }
}

/// Collects header fields with their places.
private struct FieldList {
    let start: Int
    var fields: [(name: RawHead.Part, value: RawHead.Part)] = []

    mutating func append(_ name: (UnsafePointer<CChar>?, Int), _ value: (UnsafePointer<CChar>?, Int)) {
        fields.append((part(name), part(value)))
    }

    private func part(_ text: (start: UnsafePointer<CChar>?, count: Int)) -> RawHead.Part {
        RawHead.Part(
            offset: Int(bitPattern: text.start) &- start,
            bytes: Array(UnsafeRawBufferPointer(start: text.start, count: text.start == nil ? 0 : text.count)))
    }
}
