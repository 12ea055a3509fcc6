import Dispatch
import Glibc
import Synchronization

/// The signals of the system that end the host: the first asks it to stop, the second ends it at once.
final class Shutdown: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>
    /// Yields once for each request to stop.
    let requests: AsyncStream<Int32>

    init() {
        let (requests, continuation) = AsyncStream<Int32>.makeStream()
        self.requests = requests
        let made = [SIGTERM, SIGINT].map { number in
            // The default action would end the process before the source sees the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        sources = Mutex(made)
    }

    deinit { sources.withLock { for source in $0 { source.cancel() } } }
}
