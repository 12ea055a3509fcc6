// What the daemon tells, on the library's threads: the steps of each connection.
extension HTTPServer {
    /// A connection began.
    func begin(peer: IPAddress, socket: Int32) -> ServerConnection {
        let connection = ServerConnection(peer: peer, socket: socket, tick: now)
        register(connection)?.cut()
        return connection
    }

    /// A connection ended.
    func end(_ connection: ServerConnection) {
        connection.close()
        forget(connection)
        settleUnread(connection.takeUnsent())
    }

    /// The request line was read.
    func readLine(_ target: [UInt8], at address: Int, on connection: ServerConnection) {
        connection.enter(.line(target: target, address: address), tick: now)
    }

    /// The answer was written, or the request was given up.
    func finishRequest(on connection: ServerConnection) {
        let turn = connection.withState { state in
            state.step = .idle
            state.body = []
            state.turn += 1
            state.isReused = true
            state.since = now
            return state.turn
        }
        settleUnread(connection.takeUnsent())
        waits(connection, turn: turn)
    }

    /// Called for the head, for each piece of the body, at its end, and again after each resumption; false closes the connection.
    func advance(_ connection: ServerConnection, _ wire: WireConnection, body: UnsafeRawBufferPointer) -> Bool {
        let (step, isCut) = connection.withState { ($0.step, $0.isCut) }
        guard !isCut else { return false }
        switch step {
        case .line(let target, let address): return accept(wire.head(target: target, at: address), on: connection, wire)
        case .body(let accepted) where !body.isEmpty:
            // In place: a body that comes byte by byte is not copied for each of them.
            return connection.withState { state in
                guard state.body.count + body.count <= accepted.bodyLength else { return false }
                state.body.append(contentsOf: body)
                return true
            }
        case .body(let accepted):
            submit(accepted, body: connection.withState { $0.body }, on: connection, wire)
            return true
        case .answered(let response): return write(response, to: connection, wire)
        case .handling: return true
        case .idle: return false
        }
    }

    /// Hands the answer on, and ends those connections whose peers have left too much unread.
    private func write(_ response: HTTPResponse, to connection: ServerConnection, _ wire: WireConnection) -> Bool {
        let fits = response.body.count <= options.answerBytes
        let answer = fits ? response : HTTPResponse.refusal(500, requestID: requestID())
        let turn = connection.withState { state in
            state.unsent = answer.body.count
            return state.turn
        }
        for victim in noteUnread(connection, turn: turn, bytes: answer.body.count) { victim.cut() }
        return !connection.withState(\.isCut) && wire.queue(answer)
    }

    private func accept(_ raw: RawHead, on connection: ServerConnection, _ wire: WireConnection) -> Bool {
        do throws(HeadFault) {
            let head = try RequestHead(raw, options: options)
            connection.enter(.body(head), tick: now)
            return true
        } catch {
            let id = requestID()
            let refusal = HTTPResponse.refusal(error.rawValue, requestID: id).adding("X-Request-Id", id)
            connection.enter(.answered(refusal), tick: now)
            return write(refusal, to: connection, wire)
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
