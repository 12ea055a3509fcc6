internal import Glibc
internal import Synchronization

/// What the server remembers of one open connection and the request on it.
///
/// The library's thread drives it; the handler's task and the sweeper touch it under the lock.
final class ServerConnection: Sendable {
    /// How far the current request is.
    enum Step: Sendable {
        /// No request line since the connection began or the last answer ended.
        case idle
        /// The request line is read, the rest of the head is not.
        case line(target: [UInt8], address: Int)
        /// The head was accepted, the body arrives.
        case body(RequestHead)
        /// The handler works; the library leaves the connection alone until whoever ends this step resumes it, once.
        case handling(SuspendedConnection)
        /// The answer is known, the library writes it.
        case answered(HTTPResponse)
    }

    /// What the lock protects.
    struct State: Sendable {
        var step = Step.idle
        /// What has arrived of the body.
        var body: [UInt8] = []
        /// Requests that were answered before.
        var turn: UInt64 = 0
        /// Bytes of an answer that the peer has not read yet.
        var unsent = 0
        /// The tick at which the step began.
        var since: UInt64
        /// Whether an answer was written before: then waiting for a line is idling.
        var isReused = false
        var isOpen = true
        /// Whether the host has ended it; what it sent before may still arrive and counts no more, as no answer can reach it.
        var isCut = false

        /// Ends the stream in both directions; the library then closes the connection.
        mutating func cut(_ socket: Int32) {
            guard isOpen else { return }
            isCut = true
            shutdown(socket, SocketEnd.bothDirections)
        }
    }

    let peer: IPAddress
    private let socket: Int32
    private let state: Mutex<State>

    init(peer: IPAddress, socket: Int32, tick: UInt64) {
        self.peer = peer
        self.socket = socket
        state = Mutex(State(since: tick))
    }

    /// Runs `body` on the state under the lock.
    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }

    /// Enters `step` at `tick`.
    func enter(_ step: Step, tick: UInt64) {
        state.withLock {
            $0.step = step
            $0.since = tick
        }
    }

    /// Forgets the socket; afterwards its number may belong to someone else.
    func close() { state.withLock { $0.isOpen = false } }

    /// Ends the connection when its step lasts longer than `limits` allow; the library then sees the end of the stream.
    func cutIfOverdue(at tick: UInt64, limits: ServerLimits) {
        state.withLock { state in
            guard tick &- state.since > limits.ticks(of: state) else { return }
            state.cut(socket)
        }
    }

    /// Ends the connection, whatever its step; nothing that it sent reaches the handler any more.
    func cut() { state.withLock { $0.cut(socket) } }

    /// For whom the host waits.
    enum Test: Sendable {
        /// For a peer that owes a request, or the rest of one.
        case waits
        /// For a peer that owes the reading of an answer.
        case reads
    }

    /// Whether the connection is still in the step of `turn` that `test` looks for.
    func passes(_ test: Test, turn: UInt64) -> Bool {
        state.withLock { state in
            guard state.isOpen, !state.isCut, state.turn == turn else { return false }
            switch (test, state.step) {
            case (.waits, .idle), (.waits, .line), (.waits, .body): return true
            case (.reads, .answered): return state.unsent > 0
            default: return false
            }
        }
    }

    /// Forgets the bytes that the peer has not read, and answers how many they were.
    func takeUnsent() -> Int {
        state.withLock { state in
            defer { state.unsent = 0 }
            return state.unsent
        }
    }

    /// Whether a request is on its way.
    var isBusy: Bool {
        state.withLock { if case .idle = $0.step { false } else { true } }
    }
}

/// How a socket is shut down.
enum SocketEnd {
    /// POSIX `SHUT_RDWR`: an unnamed enumeration in C, which Swift finds or not depending on what else a file imports.
    static let bothDirections: Int32 = 2
}

/// The time limits of a server in ticks.
struct ServerLimits: Sendable {
    private let head: UInt64
    private let body: UInt64
    private let idle: UInt64
    private let answer: UInt64

    init(_ options: HTTPServerOptions) {
        func ticks(_ limit: Duration) -> UInt64 { UInt64(max(1, (limit / options.tick).rounded(.up))) }
        head = ticks(options.headLimit)
        body = ticks(options.bodyLimit)
        idle = ticks(options.idleLimit)
        answer = ticks(options.answerLimit)
    }

    func ticks(of state: ServerConnection.State) -> UInt64 {
        switch state.step {
        case .idle: state.isReused ? idle : head
        case .line: head
        case .body: body
        case .handling, .answered: answer
        }
    }
}
