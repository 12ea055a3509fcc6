import Glibc
import MunimKit
import Synchronization

/// Ends or pauses the process at a named stop point, for crash tests; a release binary does not contain it.
enum StopPointSwitch {
    /// The observer that `MUNIM_STOP_AT` or `MUNIM_PAUSE_AT` asks for: `after-commit:order.sending`, with `#2` for the second time.
    static func fromEnvironment() -> (any StopPointObserver)? {
        #if DEBUG
            for (variable, signal) in [("MUNIM_STOP_AT", SIGKILL), ("MUNIM_PAUSE_AT", SIGSTOP)] {
                guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else { continue }
                return SignallingObserver(text, signal: signal)
            }
        #endif
        return nil
    }
}

#if DEBUG
    /// Sends its own process a signal that nothing can catch, as nothing else could be sure to leave no trace of order.
    private final class SignallingObserver: StopPointObserver {
        private let name: String
        private let count: Int
        private let signal: Int32
        private let seen = Atomic<Int>(0)

        init(_ text: String, signal: Int32) {
            self.signal = signal
            let parts = text.split(separator: "#", maxSplits: 1)
            name = String(parts.first ?? "")
            count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        }

        func reach(_ point: StopPoint) {
            guard point.description == name, seen.add(1, ordering: .relaxed).newValue == count else { return }
            // Sent to this thread alone it counts at once; another one could let this one run on for a moment.
            raise(signal)
        }
    }
#endif
