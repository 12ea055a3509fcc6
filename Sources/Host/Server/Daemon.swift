internal import CMicrohttpd
internal import Glibc
internal import MunimKit

/// The library's listener with its threads; this file alone speaks to the library.
///
/// It calls the server back on its own threads, for one connection never on two at once. The server outlives it, because whoever runs the server
/// holds it until ``stop()`` has returned.
struct Daemon: @unchecked Sendable {
    /// The library's handle; it has its own locks.
    private let handle: OpaquePointer

    /// The version of the library that is loaded.
    static var libraryVersion: String { String(cString: MHD_get_version()) }

    /// Starts to listen; nil when the address cannot be listened on, with the reason in `errno`.
    init?(_ options: HTTPServerOptions, at address: UnsafePointer<sockaddr>, for server: HTTPServer) {
        var setup = CMicrohttpd_Setup()
        let version6 = options.address.isVersion6 ? MHD_USE_IPv6.rawValue : 0
        setup.flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | version6
        setup.address = address
        setup.threads = UInt32(clamping: max(2, options.threads))
        // Room beyond the limit, for which the server closes others: at its own limit the library would let everyone wait. Each thread takes its
        // share of it.
        setup.connections = UInt32(clamping: options.connections + options.sparePlaces)
        setup.memoryPerConnection = options.headBytes
        setup.context = Unmanaged.passUnretained(server).toOpaque()
        Self.setCalls(of: &setup)
        guard let handle = CMicrohttpd_start(&setup) else { return nil }
        self.handle = handle
    }

    /// The port that is listened on.
    var port: Int { Int(CMicrohttpd_port(handle)) }

    /// Closes every connection and waits for the library's threads, on a thread of its own.
    func stop() async { await Teardown().stop(handle: self) }

    private actor Teardown {
        nonisolated let executor = BlockingExecutor(label: "http-teardown")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func stop(handle daemon: Daemon) { MHD_stop_daemon(daemon.handle) }
    }

    // MARK: - What the library calls, on its own threads

    private static func setCalls(of setup: inout CMicrohttpd_Setup) {
        setup.lineRead = { context, target, handle in
            if let context, let target, let connection = Daemon.connection(of: handle) {
                Daemon.server(context).readLine(Daemon.bytes(target), at: Int(bitPattern: target), on: connection)
            }
            return nil
        }
        setup.unescape = { _, _, text in text.map { strlen($0) } ?? 0 }
        setup.answer = { context, handle, _, method, version, bytes, count, _ in
            guard let context, let handle, let method, let version, let count, let connection = Daemon.connection(of: handle) else {
                return .NO
            }
            let body = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count.pointee)
            count.pointee = 0
            let wire = WireConnection(handle: handle, method: method, version: version)
            return Daemon.server(context).advance(connection, wire, body: body) ? .YES : .NO
        }
        setup.completed = { context, handle, _, _ in
            if let context, let connection = Daemon.connection(of: handle) { Daemon.server(context).finishRequest(on: connection) }
        }
        setup.connectionChanged = { context, handle, slot, change in
            guard let context, let handle, let slot else { return }
            if change == .CONNECTION_NOTIFY_STARTED {
                let peer = CMicrohttpd_peer(handle).flatMap { IPAddress($0) } ?? .unspecified
                let connection = Daemon.server(context).begin(peer: peer, socket: CMicrohttpd_socket(handle))
                slot.pointee = Unmanaged.passRetained(connection).toOpaque()
            } else if let raw = slot.pointee {
                slot.pointee = nil
                Daemon.server(context).end(Unmanaged<ServerConnection>.fromOpaque(raw).takeRetainedValue())
            }
        }
    }

    private static func server(_ context: UnsafeMutableRawPointer) -> HTTPServer {
        Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    }

    private static func connection(of handle: OpaquePointer?) -> ServerConnection? {
        CMicrohttpd_context(handle).map { Unmanaged<ServerConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}

/// A connection as the library calls about it; valid during the call, but for what is suspended.
struct WireConnection {
    fileprivate let handle: OpaquePointer
    fileprivate let method: UnsafePointer<CChar>
    fileprivate let version: UnsafePointer<CChar>

    /// Makes the library leave the connection alone until the result is resumed, once.
    func suspend() -> SuspendedConnection {
        MHD_suspend_connection(handle)
        return SuspendedConnection(handle: handle)
    }

    /// Hands the library an answer to write; false when it cannot.
    func queue(_ response: HTTPResponse) -> Bool {
        var body = response.body
        let made = body.withUnsafeMutableBytes { MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY) }
        guard let made else { return false }
        defer { MHD_destroy_response(made) }
        MHD_add_response_header(made, "Content-Type", response.contentType)
        MHD_add_response_header(made, "X-Content-Type-Options", "nosniff")
        for field in response.headers { MHD_add_response_header(made, field.name, field.value) }
        if response.closesConnection { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(handle, UInt32(clamping: min(599, max(200, response.status))), made) == .YES
    }

    /// The head as it arrived, with the place of each part; `target` is the request line's, read at `address`.
    func head(target: [UInt8], at address: Int) -> RawHead {
        let start = Int(bitPattern: method)
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
            method: Daemon.bytes(method), target: RawHead.Part(offset: address &- start, bytes: target),
            version: RawHead.Part(offset: Int(bitPattern: version) &- start, bytes: Daemon.bytes(version)), fields: fields.fields,
            size: CMicrohttpd_header_size(handle))
    }
}

/// A connection that the library leaves alone until whoever holds this resumes it, once.
struct SuspendedConnection: @unchecked Sendable {
    fileprivate let handle: OpaquePointer

    /// Lets the library call about the connection again.
    func resume() { MHD_resume_connection(handle) }
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
