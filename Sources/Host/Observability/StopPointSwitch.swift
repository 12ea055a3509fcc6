import Glibc
import MunimKit
import Synchronization

/// Ends the process at a named stop point, for crash tests; a release binary does not contain it.
enum StopPointSwitch {
    /// The observer that `MUNIM_STOP_AT` asks for: `after-commit:order.sending`, with `#2` for the second time.
    static func fromEnvironment() -> (any StopPointObserver)? {
        #if DEBUG
            guard let text = getenv("MUNIM_STOP_AT").map({ String(cString: $0) }), !text.isEmpty else { return nil }
            return KillingObserver(text)
        #else
            return nil
        #endif
    }
}

#if DEBUG
    /// Kills its own process, as nothing else could be sure to leave no trace of order.
    private final class KillingObserver: StopPointObserver {
        private let name: String
        private let count: Int
        private let seen = Atomic<Int>(0)

        init(_ text: String) {
            let parts = text.split(separator: "#", maxSplits: 1)
            name = String(parts.first ?? "")
            count = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        }

        func reach(_ point: StopPoint) {
            guard point.description == name, seen.add(1, ordering: .relaxed).newValue == count else { return }
            kill(getpid(), SIGKILL)
            // The signal may take a moment to arrive; nothing more may happen in it.
            while true { pause() }
        }
    }
#endif
