/// Connections in the order in which their present step began, so that the one that holds its place longest is found without a search.
///
/// An entry counts for one turn of its connection only; those that have gone on are passed over, and swept out when there are many.
struct WaitingConnections {
    private var entries: [(connection: ServerConnection, turn: UInt64)] = []
    private var first = 0

    /// Adds a connection at the end; `live` is how many there are at most, which bounds what is kept.
    mutating func append(_ connection: ServerConnection, turn: UInt64, among live: Int, _ counts: ServerConnection.Test) {
        entries.append((connection, turn))
        guard entries.count > 2 * live + 64 else { return }
        entries = entries[first...].filter { $0.connection.passes(counts, turn: $0.turn) }
        first = 0
    }

    /// Takes out the connection whose step began first among those that pass.
    mutating func takeFirst(_ counts: ServerConnection.Test) -> ServerConnection? {
        while first < entries.count {
            let entry = entries[first]
            first += 1
            guard entry.connection.passes(counts, turn: entry.turn) else { continue }
            return entry.connection
        }
        entries = []
        first = 0
        return nil
    }
}

/// What of an address counts as one sender: an IPv4 address, or the block of IPv6 addresses that one line usually has.
struct SenderBlock: Hashable {
    private let bytes: [UInt8]

    init(_ address: IPAddress) { bytes = address.isVersion6 ? Array(address.bytes.prefix(8)) : address.bytes }
}

/// All open connections of a server and who of them has to go when there are too many, or too many bytes that nobody reads.
struct OpenConnections {
    private struct Sender {
        var count = 0
        var waiting = WaitingConnections()
    }

    private let limits: HTTPServerOptions
    private var open: [ObjectIdentifier: ServerConnection] = [:]
    private var senders: [SenderBlock: Sender] = [:]
    /// Those whose peer owes a request.
    private var waiting = WaitingConnections()
    /// Those whose peer owes the reading of an answer.
    private var unread = WaitingConnections()
    private var unsentBytes = 0

    init(_ limits: HTTPServerOptions) { self.limits = limits }

    var count: Int { open.count }
    var all: [ServerConnection] { Array(open.values) }

    /// Adds a connection; answers which one has to go for it: the one that has kept the host waiting longest, of the same sender where that one has
    /// too many. Where all are at work it is the new one.
    mutating func add(_ connection: ServerConnection) -> ServerConnection? {
        let sender = SenderBlock(connection.peer)
        open[ObjectIdentifier(connection)] = connection
        senders[sender, default: Sender()].count += 1
        let perSender = limits.connectionsPerAddress
        var victim: ServerConnection?
        if perSender > 0, senders[sender]?.count ?? 0 > perSender {
            victim = senders[sender]?.waiting.takeFirst(.waits) ?? connection
        } else if open.count > limits.connections {
            victim = waiting.takeFirst(.waits) ?? connection
        }
        if victim !== connection { noteWaiting(connection, turn: 0) }
        return victim
    }

    /// Remembers that the peer owes a request from now on.
    mutating func noteWaiting(_ connection: ServerConnection, turn: UInt64) {
        waiting.append(connection, turn: turn, among: open.count, .waits)
        guard limits.connectionsPerAddress > 0 else { return }
        let sender = SenderBlock(connection.peer)
        let count = senders[sender]?.count ?? 0
        senders[sender]?.waiting.append(connection, turn: turn, among: count, .waits)
    }

    mutating func remove(_ connection: ServerConnection) {
        guard open.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        let sender = SenderBlock(connection.peer)
        senders[sender]?.count -= 1
        if senders[sender]?.count == 0 { senders[sender] = nil }
    }

    /// Remembers that `bytes` of an answer wait to be read; answers which connections have to go because too many do: those that read longest.
    mutating func noteUnread(_ connection: ServerConnection, turn: UInt64, bytes: Int) -> [ServerConnection] {
        unsentBytes += bytes
        unread.append(connection, turn: turn, among: open.count, .reads)
        var victims: [ServerConnection] = []
        while unsentBytes > limits.unsentBytes, let victim = unread.takeFirst(.reads) {
            unsentBytes -= victim.takeUnsent()
            victims.append(victim)
        }
        return victims
    }

    /// Forgets the bytes of an answer that was written or given up.
    mutating func noteRead(bytes: Int) { unsentBytes -= bytes }
}
