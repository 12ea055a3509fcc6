// What the daemon tells, on the library's threads: the steps of each connection.
extension HTTPServer {
    /// A connection began.
    func begin(peer: IPAddress, socket: Int32) -> ServerConnection {
        let connection = ServerConnection(peer: peer, socket: socket, tick: now)
        if register(connection) { connection.cut() }
        return connection
    }

    /// A connection ended.
    func end(_ connection: ServerConnection) {
        connection.close()
        forget(connection)
    }

    /// The request line was read.
    func readLine(_ target: [UInt8], at address: Int, on connection: ServerConnection) {
        connection.enter(.line(target: target, address: address), tick: now)
    }

    /// The answer was written, or the request was given up.
    func finishRequest(on connection: ServerConnection) {
        connection.withState { state in
            state.step = .idle
            state.isReused = true
            state.since = now
        }
    }

    /// Called for the head, for each piece of the body, at its end, and again after each resumption; false closes the connection.
    func advance(_ connection: ServerConnection, _ wire: WireConnection, body: UnsafeRawBufferPointer) -> Bool {
        let (step, isCut) = connection.withState { ($0.step, $0.isCut) }
        guard !isCut else { return false }
        switch step {
        case .line(let target, let address): return accept(wire.head(target: target, at: address), on: connection, wire)
        case .body(let accepted, let bytes) where !body.isEmpty:
            guard bytes.count + body.count <= accepted.bodyLength else { return false }
            connection.withState { $0.step = .body(accepted, bytes + body) }
            return true
        case .body(let accepted, let bytes):
            submit(accepted, body: bytes, on: connection, wire)
            return true
        case .answered(let response): return wire.queue(response)
        case .handling: return true
        case .idle: return false
        }
    }

    private func accept(_ raw: RawHead, on connection: ServerConnection, _ wire: WireConnection) -> Bool {
        do throws(HeadFault) {
            let head = try RequestHead(raw, options: options)
            connection.enter(.body(head, []), tick: now)
            return true
        } catch {
            let id = requestID()
            let refusal = HTTPResponse.refusal(error.rawValue, requestID: id).adding("X-Request-Id", id)
            connection.enter(.answered(refusal), tick: now)
            return wire.queue(refusal)
        }
    }

    private func submit(_ head: RequestHead, body: [UInt8], on connection: ServerConnection, _ wire: WireConnection) {
        let request = HTTPRequest(
            id: requestID(), method: head.method, path: head.target.path, query: head.target.query, headers: head.headers, body: body,
            peer: connection.peer)
        connection.enter(.handling(wire.suspend()), tick: now)
        handOn(request, of: connection)
    }
}
