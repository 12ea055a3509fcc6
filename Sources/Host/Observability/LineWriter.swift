import Dispatch
import Glibc
import Synchronization

/// Writes lines to a descriptor on a thread of its own, so that whoever has a line never waits for who reads it.
///
/// A reader that stalls fills the queue, one that leaves, or a full disk, loses lines: both are counted, and neither ends the process nor keeps
/// anybody. Lines never share a line and none is cut: what was written of the last one is taken back, or ended.
final class LineWriter: Sendable {
    private struct State {
        var queue: LineQueue
        var isClosed = false
    }

    private let descriptor: Int32
    private let ownsDescriptor: Bool
    private let state: Mutex<State>
    private let lost = Atomic<Int>(0)
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    /// The line that says how many were lost; nil for files in which it could not stand.
    private let notice: (@Sendable (_ lost: Int) -> String)?
    /// Lines that are due by now; asked for at least once a second.
    private let due: @Sendable () -> [String]
    /// Hears how many lines were lost.
    private let loss: @Sendable (_ count: Int) -> Void
    /// Bytes handed to the system at once, at most.
    private static let batch = 65_536

    /// Starts the thread; `ownsDescriptor` closes the descriptor with the last line.
    init(
        to descriptor: Int32, ownsDescriptor: Bool = false, limit: (LineQueue.Rank) -> LineQueue.Limit = LineWriter.limit,
        notice: (@Sendable (_ lost: Int) -> String)? = nil, due: @escaping @Sendable () -> [String] = { [] },
        loss: @escaping @Sendable (_ count: Int) -> Void = { _ in }
    ) {
        self.descriptor = descriptor
        self.ownsDescriptor = ownsDescriptor
        state = Mutex(State(queue: LineQueue(limit)))
        self.notice = notice
        self.due = due
        self.loss = loss
        OwnThread.start { [self] in run() }
    }

    /// What may wait when nothing else is said.
    static func limit(_ rank: LineQueue.Rank) -> LineQueue.Limit {
        rank == .ordinary ? LineQueue.Limit(lines: 10_000, bytes: 4_000_000) : LineQueue.Limit(lines: 2_000, bytes: 2_000_000)
    }

    /// Lines that nobody will read, since the start.
    var lostCount: Int { lost.load(ordering: .relaxed) }

    /// Takes a line, to which its end is added; answers false when there is no room for it. Returns at once.
    @discardableResult
    func put(_ line: String, _ rank: LineQueue.Rank = .ordinary) -> Bool {
        let bytes = Array((line + "\n").utf8)
        let (isTaken, isFirst) = state.withLock { state in
            let isFirst = state.queue.isEmpty
            return (!state.isClosed && state.queue.put(bytes, rank), isFirst)
        }
        if !isTaken { note(1) } else if isFirst { wakeUp.signal() }
        return isTaken
    }

    /// Takes no further line and returns when all are written, or after `milliseconds` if they are not; harmless when repeated.
    func close(within milliseconds: Int) {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
        if ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .success { ended.signal() }
    }

    private func run() {
        while true {
            _ = wakeUp.wait(timeout: .now() + .seconds(1))
            let (lines, dropped, isClosed) = state.withLock { ($0.queue.takeAll(), $0.queue.takeDropped(), $0.isClosed) }
            write(lines, unwritten: dropped)
            write(due().map { Array(($0 + "\n").utf8) }, unwritten: 0)
            if isClosed, state.withLock({ $0.queue.isEmpty }) { break }
        }
        if ownsDescriptor { Glibc.close(descriptor) }
        ended.signal()
    }

    /// Writes lines, and once there is room for it how many are missing.
    private func write(_ lines: [[UInt8]], unwritten: Int) {
        var batch: [UInt8] = []
        for line in lines {
            if !batch.isEmpty, batch.count + line.count > Self.batch {
                flush(batch)
                batch.removeAll(keepingCapacity: true)
            }
            batch += line
        }
        if unwritten > 0, let notice { batch += Array((notice(unwritten) + "\n").utf8) }
        flush(batch)
    }

    /// Writes whole lines, however the system cuts them; what cannot be written is counted as lost.
    private func flush(_ batch: [UInt8]) {
        var rest = batch[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            if count < 0, errno == EINTR || errno == EAGAIN && waitForRoom() { continue }
            return giveUp(batch, rest)
        }
    }

    /// Waits for room in a pipe that another process made non-blocking.
    private func waitForRoom() -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, -1) > 0
    }

    /// Counts the lines that are not whole, and takes back the beginning of the first of them from a file.
    private func giveUp(_ batch: [UInt8], _ rest: ArraySlice<UInt8>) {
        note(rest.count { $0 == UInt8(ascii: "\n") })
        let cut = batch[..<rest.startIndex].reversed().prefix { $0 != UInt8(ascii: "\n") }.count
        guard cut > 0 else { return }
        let end = lseek(descriptor, 0, SEEK_END)
        if end >= cut, ftruncate(descriptor, end - cut) == 0 { return }
        _ = Glibc.write(descriptor, "\n", 1)
    }
}

extension LineWriter {
    private func note(_ count: Int) {
        lost.add(count, ordering: .relaxed)
        loss(count)
    }
}

/// Threads outside the pool of the tasks, for work that waits for the world outside.
enum OwnThread {
    /// Runs `body` on a thread that ends with it, and that the end of the process does not wait for.
    static func start(_ body: @escaping @Sendable () -> Void) {
        final class Work {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard code == 0 else { return work.release() }
        pthread_detach(thread)
    }
}
